"""What each problem means: what happened, why, and what to do (T5), by `Problem.about`."""

from dataclasses import replace

from documents import N_
from sync.explained_files import FILES, ROWS, WARNINGS
from sync.explained_sengerio import SENGERIO
from sync.explaining import Explained

DRAFTS: dict[str, Explained] = {
    "item": Explained(
        N_("A product has no item"),
        N_("A line of the order could not be given an item of the books, or the item it is matched with is gone."),
        N_("The product is not matched, several products share its SKU, or somebody removed the item from the books."),
        N_(
            "Open Manage Matching, Items, search for the product, and choose its item code. To post such lines anyway, "
            "choose a default item in Manage Settings."
        ),
    ),
    "alignment": Explained(
        N_("The numbers of both sides are not aligned yet"),
        N_("Nothing of this store is sent to the books before you have confirmed that their numbers fit each other."),
        N_(
            "The store and the books name customers, invoices and credit notes by the same codes and numbers. Whatever "
            "stands on both sides already must be linked, or it would be made twice."
        ),
        N_(
            "Open Alignment in the company profile: say for customers, invoices and credit notes what was used before, "
            "read both sides, rename in the books what stands there more than once, then confirm each."
        ),
    ),
    "uom": Explained(
        N_("The unit does not fit the item"),
        N_("The item of a line is not kept in the unit that was chosen for it."),
        N_("The unit (UOM) in the matching or in a preset is not one of the item's units in the books."),
        N_("Choose another unit beside the item in Manage Matching or the preset, or add the unit to the item."),
    ),
    "customer": Explained(
        N_("There is no customer"),
        N_("Nothing says which customer of the books the invoice is for."),
        N_("The channel has no customer in Manage Matching, and no default customer is chosen."),
        N_(
            "Open Manage Matching, Customers, and choose one for the channel; or choose a default customer in settings."
        ),
    ),
    "tax": Explained(
        N_("A tax is not matched"),
        N_("The store names a tax for which no tax code of the books is known, or a code that the books do not have."),
        N_("Each tax of the store needs its tax code, with the same rate: we never guess one."),
        N_("Open Manage Matching, Tax, and choose the tax code. Create it in the books first if it is missing there."),
    ),
    "paid": Explained(
        N_("What was paid and the payments differ"),
        N_("The store says how much of the order was paid, and the payments that came with it make another amount."),
        N_(
            "With the wrong payments the sale would stay open in the books, or be paid too much. So nothing is sent "
            "until both agree."
        ),
        N_(
            "Get the orders once more: payments that come in later mend it by themselves. Where the store's payments "
            "are not told at all, switch off sending payments in Manage Settings, and enter them in the books."
        ),
    ),
    "payment": Explained(
        N_("A payment has no account"),
        N_("The order was paid by a method for which no receiving account is chosen."),
        N_("Each channel, and where you want each payment method, needs the account that its money goes to."),
        N_("Open Manage Matching, Payment, and choose the account."),
    ),
    "currency": Explained(
        N_("A currency is not known"),
        N_("The order is in a currency that the books do not have, or keep with fewer decimals."),
        N_("The books post only in currencies that are set up there; we never round an amount to make it fit."),
        N_("Add the currency in the books, or open Manage Matching, Currency, and choose which one stands for it."),
    ),
    "exchange_rate": Explained(
        N_("There is no exchange rate"),
        N_("No rate is known for the currency on the document's day."),
        N_("The rate comes from the books, else from your own table. Without one we would have to invent it."),
        N_("Enter the rate in the books, or in Manage Matching, Currency."),
    ),
    "shipping": Explained(
        N_("Shipping has no item"),
        N_("The shipping fee of this channel is switched on, but it cannot be posted as it is set."),
        N_("No item is chosen for it, or the books take no such line."),
        N_("Open Manage Matching, Shipping, and choose an item; or switch the shipping of the channel off."),
    ),
    "preset": Explained(
        N_("An extra amount has no item"),
        N_("An amount of the order, such as a voucher or a fee, is switched on but cannot be posted as it is set."),
        N_("No item is chosen for it in the presets, or the books take no such line."),
        N_("Open Manage Settings, Presets, and choose an item for it; or switch it off."),
    ),
    "rounding": Explained(
        N_("The totals differ by a rounding"),
        N_("The total that the books will compute is not the total of the order."),
        N_(
            "Stores and books round in different places. A small difference goes to the rounding item; one beyond the "
            "cap is not a rounding, so it is not posted."
        ),
        N_("Choose a rounding item in Manage Settings. If the difference is large, look at the order's figures."),
    ),
    "store_figures": Explained(
        N_("The store's figures do not add up"),
        N_("Lines, charges and tax of the order are not together its total, or one of them is no amount of money."),
        N_("The store sent figures that contradict each other; posting them would book a wrong total."),
        N_("Look at the order in the store and correct it there; it is read again by itself."),
    ),
    "price": Explained(
        N_("A price cannot be said exactly"),
        N_("No price per piece, times the quantity, gives the amount of the line."),
        N_("The books keep prices with a fixed number of decimals, and we never round a price in silence."),
        N_("Correct the line in the store, or post this order by hand."),
    ),
    "quantity": Explained(
        N_("A quantity is too fine"),
        N_("The quantity of a line has more decimals than the books keep."),
        N_("A rounded quantity would make the stock of the books wrong."),
        N_("Correct the quantity in the store, or post this order by hand."),
    ),
    "lines": Explained(
        N_("The lines cannot be used"),
        N_("The order has no lines, or too many for one document, or the store's answer could not be read."),
        N_("An invoice needs at least one line, and the books take only so many in one document."),
        N_("Look at the order in the store. What the sentence beside the problem names is mended there."),
    ),
    "return": Explained(
        N_("A line is a return"),
        N_("A line of the order has a negative amount or quantity."),
        N_("These books take no negative lines on a sale: goods that come back are a credit note."),
        N_("Make a credit note for the line in the books, and correct the order in the store."),
    ),
    "serial": Explained(
        N_("Serial numbers are missing"),
        N_("The item of a line is tracked by serial numbers, and the order has not as many as pieces."),
        N_("The books refuse such a line without its serial numbers."),
        N_("Enter the serial numbers in the order's details in the store; the order is read again by itself."),
    ),
    "sample": Explained(
        N_("A sample order"),
        N_("The order is a free sample of the marketplace, so it is not posted."),
        N_("'Exclude TikTok sample orders' is switched on in the settings."),
        N_("Nothing, unless you want samples in the books: then switch it off in Manage Settings."),
    ),
    "status": Explained(
        N_("The order's status is not taken"),
        N_("The order is cancelled, refunded, or in a state that the settings leave out."),
        N_("Only orders with the chosen statuses and payment statuses become invoices."),
        N_("If such orders are to be posted, tick their status in Manage Settings, Which orders."),
    ),
    "date": Explained(
        N_("The document has no date yet"),
        N_("The date that the settings ask for is missing, or lies in a closed period of the books."),
        N_("For example the paid date of an order that is not paid: it waits, no other date is taken in silence."),
        N_("Wait until the store has the date, or choose another default document date in Manage Settings."),
    ),
    "terms": Explained(
        N_("The terms do not fit"),
        N_("The term of the order or the settings is not in the books, or stands there for other days."),
        N_("A term whose name and days disagree would give a wrong due date."),
        N_("Choose another term in Manage Settings, or correct it in the books."),
    ),
    "number": Explained(
        N_("The document's number does not fit"),
        N_("The number is missing, or longer than the books take."),
        N_("A number is never cut: two documents could end up with the same one."),
        N_("Choose another numbering or a shorter prefix in Manage Settings."),
    ),
    "pair": Explained(
        N_("The store may not be carried to these books"),
        N_("Nothing of this store is sent: the company of the books is not one that the store can be carried to."),
        N_(
            "Some stores only work with companies of certain countries, or with books that keep their accounts in the "
            "same currency as the store. Otherwise every document would be wrong."
        ),
        N_(
            "Choose books of another company for this store's channels, or untick its channels in the profile. Its "
            "page Readiness shows both sides."
        ),
    ),
    "profile": Explained(
        N_("The profile does not take this order"),
        N_("The order's channel is not ticked in the company profile, or the order is older than the start date."),
        N_("Nothing from before the start date, and from no other channel, is posted."),
        N_("Tick the channel, or choose an earlier start date, on the company profile."),
    ),
    "setting": Explained(
        N_("A setting cannot be saved"),
        N_("A setting contradicts another one, or it cannot be read."),
        N_("Some settings together would book the same money twice; those are refused at Save."),
        N_("Change what the sentence names, then save again."),
    ),
}

POSTING: dict[str, Explained] = {
    "books": Explained(
        N_("Something was changed in the books"),
        N_("The order's document was voided or deleted in the books, or its customer was made inactive there."),
        N_("Somebody did that by hand after it was posted. Tillbridge notices it and turns the order yellow."),
        N_("Sync the order again to bring the document and its customer back as the order has it, or leave it so."),
    ),
    "order_payments": Explained(
        N_("The order is in the books, its payments are not"),
        N_("The sale was posted; the books did not take a payment that came with the order."),
        N_("The books refused the payment for the reason that stands beside it. The sale keeps its place meanwhile."),
        N_(
            "Mend the reason in the books or in Manage Matching, Payment, then press 'Send it again' on the order's "
            "page; or enter the payment in the books by hand."
        ),
    ),
    "draft": Explained(
        N_("The draft changed after you looked at it"),
        N_("Between the review and Sync the order or a setting changed, so nothing was posted."),
        N_("Sync posts exactly what was seen, never anything else."),
        N_("Look at the draft again, then press Sync."),
    ),
    "posting": Explained(
        N_("The books did not take the document"),
        N_("The document was sent and refused, or it may not be sent just now."),
        N_("The sentence beside the problem is what the books said."),
        N_("Mend what it names, here or in the books, then press Re-sync on the task."),
    ),
    "needs_person": Explained(
        N_("A person must decide"),
        N_("An answer of the books was lost, and looking it up did not tell for sure what became of the document."),
        N_(
            "Several documents carry our reference, or one that differs from what we sent, or only a voided one. "
            "Choosing by ourselves could book a sale twice or not at all."
        ),
        N_("Open it from Home or its task, look in the books, then link the right document, send again, or give up."),
    ),
    "differs": Explained(
        N_("The document differs"),
        N_("The document stands in the books with another total than the order asks for."),
        N_("The books computed something else, for instance a tax, or somebody changed the document."),
        N_("Compare the two on the order's page. Correct it in the books, or sync the order again once it changed."),
    ),
    "proof_fault": Explained(
        N_("The proof names a document"),
        N_("When it was read back, the document was missing, there twice, or with another total."),
        N_("Somebody voided, deleted, copied or changed it in the books after it was posted."),
        N_("Open the document in the books and put it right; or trash it in its task and sync the order again."),
    ),
    "on_its_way": Explained(
        N_("On its way"),
        N_("The order is in a task that is at work."),
        N_("The books take only so many documents per minute."),
        N_("Nothing: it goes on by itself."),
    ),
    "disabled": Explained(
        N_("The company profile is disabled"),
        N_("Nothing is sent for this profile, or its connection was disabled."),
        N_("Somebody pressed Disable. What waits is kept."),
        N_("Open the company profile and press 'Activate again'; everything goes on where it stopped."),
    ),
    "pending": Explained(
        N_("Pending"),
        N_("The order was not synced yet."),
        N_("Nobody pressed Sync for it, or it was taken out of its task."),
        N_("Choose it in Sync Sales Invoice, press Add New, and then Sync."),
    ),
}

ARRIVING: dict[str, Explained] = {
    "missing": Explained(
        N_("The store has orders that are not here"),
        N_("Once a day the store is asked which orders it has. It named some that were never read."),
        N_(
            "Orders are read by when they changed, or by their days. That does not see one that the store makes known "
            "late, one that was left out of its list at that moment, or one that was put into the store afterwards."
        ),
        N_(
            "Press 'Fetch now': exactly these orders are read, and then wait like all others. One that the store does "
            "not have any more is taken off the list by itself."
        ),
    ),
    "gaps": Explained(
        N_("The store's orders could not be counted"),
        N_("The store was asked which orders it has, and its list could not be read."),
        N_(
            "The sentence beside it says what the store answered. As long as it fails, nobody knows whether an order "
            "is missing."
        ),
        N_("It is tried again by itself. If it goes on failing, see that the store works, and press 'Try again'."),
    ),
    "quiet": Explained(
        N_("A channel is quiet for longer than usual"),
        N_("No order came for more than twice as long as pauses in this channel usually are, and for more than a day."),
        N_(
            "Perhaps nobody bought anything. But a shop that was paused, or a marketplace that lost its link to the "
            "store, looks the same. Usual is the second longest pause of the last 60 days."
        ),
        N_(
            "Open the shop as a buyer sees it, then look in the store whether its new orders are there. If it rests, "
            "there is nothing to do: this goes away by itself with the next order."
        ),
    ),
}

REMOTE: dict[str, Explained] = {
    "RemoteError": Explained(
        N_("The other system did not do it"),
        N_("A call to another system failed."),
        N_("The sentence beside the problem says how."),
        N_("Try again later."),
    ),
    "NothingCreated": Explained(
        N_("Nothing was made"),
        N_("The other system surely did nothing."),
        N_("The sentence beside the problem says why."),
        N_("Try again; nothing can have been doubled."),
    ),
    "TokenRefused": Explained(
        N_("The sign-in is renewed"),
        N_("The other system no longer takes the token that we had."),
        N_("Tokens live for about an hour, and a new one is got by itself; sometimes the old one ends sooner."),
        N_("Nothing: it goes on by itself. Where it does not, the connection says that you have to sign in again."),
    ),
    "ChangedMeanwhile": Explained(
        N_("The document changed meanwhile"),
        N_("Somebody changed the document in the books between our reading and our writing."),
        N_("Writing over it could undo what they did in that moment, so the books refused it."),
        N_("Nothing: it is read again and written anew by itself. After five times a person is asked."),
    ),
    "NotSent": Explained(
        N_("The other system cannot be reached"),
        N_("No byte of the request left this machine."),
        N_("It is switched off, its address is wrong, or the network between is down."),
        N_("Check that it is on and can be reached; we try again by ourselves."),
    ),
    "TooLate": Explained(
        N_("It was not sent in time"),
        N_("The right to send ran out before the request left, so it was not sent."),
        N_("This machine slept, or was very busy."),
        N_("Nothing: it is sent again by itself."),
    ),
    "TooFast": Explained(
        N_("Asked to slow down"),
        N_("The other system answers only so many requests per minute."),
        N_("Other programs may use the same key at the same time."),
        N_("Nothing: we slow down and go on by ourselves."),
    ),
    "LoginRefused": Explained(
        N_("The key was refused"),
        N_("The other system does not accept our key (any more)."),
        N_("It was typed wrong, it was revoked, or it ran out."),
        N_("Make a new key there, enter it on the company profile or the store, then press Check now."),
    ),
    "NotAllowed": Explained(
        N_("The key may not do this"),
        N_("The key works, but its user lacks a permission."),
        N_("The permissions of the key's user are set in the other system."),
        N_("Give the user the permission there, then sync again."),
    ),
    "Refused": Explained(
        N_("The other system refused it"),
        N_("It read the request and said no; its reason stands beside the problem."),
        N_("For instance a customer on hold, a closed period, or a number that is taken."),
        N_("Mend what the reason names, then sync again."),
    ),
    "Gone": Explained(
        N_("It stands in the books no more"),
        N_("What was to be changed was deleted in the books."),
        N_("Somebody deleted it there, and we had not noticed yet."),
        N_("A payment is made anew by itself. Of an invoice the order turns yellow: sync it again then."),
    ),
    "OutcomeUnknown": Explained(
        N_("The answer was lost"),
        N_("The request may have arrived, but no answer that can be read came back."),
        N_("The connection broke, or the other system failed while it worked."),
        N_("Nothing: we look it up and go on by ourselves. Nothing is sent twice."),
    ),
    "UnknownCode": Explained(
        N_("A code is gone from the books"),
        N_("The document names a code that the books' list does not hold (any more)."),
        N_("Somebody removed or renamed it after it was matched."),
        N_("Read the books' lists again, choose another code in the matching or settings, then sync again."),
    ),
    "WrongShop": Explained(
        N_("The key is of another shop"),
        N_("The key belongs to another shop than the one this store was connected for."),
        N_("Our reference in the books holds the shop's id: orders of two shops must never be taken for each other's."),
        N_("Use a key of the right shop, or add the other one as a store of its own."),
    ),
    "KeyNeeded": Explained(
        N_("The key must be entered again"),
        N_("The address or the mode was changed, and the key that is kept belongs to the one before."),
        N_("A key is never sent to where it was not entered for."),
        N_("Enter the key in the same form, then save."),
    ),
    "ConsentRefused": Explained(
        N_("The sign-in was not completed"),
        N_("The other system sent you back without letting us in, or too late."),
        N_("Somebody pressed Cancel there, took longer than ten minutes, or came back in another browser."),
        N_("Begin again from the company profile or the wizard, in one browser and without a long pause."),
    ),
    "bug": Explained(
        N_("That was our mistake"),
        N_("Something in Tillbridge itself went wrong. Nothing was half done."),
        N_("A case that nobody thought of. The log of this machine says where."),
        N_("Try it again. If it happens again, report it with the lines that the log has of that moment."),
    ),
    "WrongCompany": Explained(
        N_("The key opens another company"),
        N_("The key belongs to another company than the one this connection was made for."),
        N_("A connection remembers its company, so that nothing is ever posted into the wrong one."),
        N_("Use a key of the right company, or add the other one as a profile of its own."),
    ),
}

UPLOADS: dict[str, Explained] = {code: replace(each, code=code) for code, each in (FILES | ROWS | WARNINGS).items()}
EXPLAINED: dict[str, Explained] = {**DRAFTS, **POSTING, **ARRIVING, **REMOTE, **UPLOADS, **SENGERIO}


def about_error(error: Exception) -> str:
    """What an error of another system is explained by: its own entry, or that of the kind it belongs to."""
    return next((kind.__name__ for kind in type(error).__mro__ if kind.__name__ in REMOTE), "RemoteError")
