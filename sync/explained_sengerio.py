"""The errors of Sengerio's own guide, with our codes; numbers only where the guide shows them.

Source: edge-commerce-and-sengerio.md section 1.1 [D1]."""

from documents import N_
from sync.explaining import Explained

SENGERIO: dict[str, Explained] = {
    "SEN_AUTH": Explained(
        N_("Authentication problem on activation"),
        N_("QuickBooks did not let us in while the integration was activated."),
        N_("The sign-in was interrupted, took too long, or QuickBooks was not to be reached for a moment."),
        N_("Try again later: press 'Connect with QuickBooks' once more and choose the same company."),
        "#4001",
    ),
    "SEN_PAYMENT_METHOD": Explained(
        N_("There is no payment method of that name"),
        N_("A business partner or the store's set-up names a payment method that one of the two sides does not have."),
        N_("Payment methods are aligned by their names, which must be the same in Sengerio and in QuickBooks."),
        N_(
            "Create the payment method on the side that lacks it, or rename one of the two, then read both lists again."
        ),
        "#4002",
    ),
    "SEN_TERM": Explained(
        N_("There is no term for these days"),
        N_("A business partner or invoice has deferment days for which QuickBooks has no fitting term."),
        N_(
            "A term fits when its name is the number of days, and its due days are the same number: a term named 30 "
            "with 14 days does not."
        ),
        N_(
            "In QuickBooks, create or change the term: its name and its fixed number of days are both the deferment "
            "days, for example 30 and 30. Then read the books' lists again."
        ),
        "SEN_TERM",
    ),
    "SEN_CUSTOMER": Explained(
        N_("The customer could not be found or made"),
        N_("The business partner of a document has no customer in QuickBooks, and none could be made."),
        N_(
            "Its code was changed in Sengerio and not in the display name of QuickBooks; a supplier or employee has "
            "that name; or the customer was made inactive or deleted in QuickBooks."
        ),
        N_(
            "In QuickBooks, give the customer the business partner's code as its display name, rename the supplier or "
            "employee, or make the customer active again. Then sync the document again."
        ),
        "SEN_CUSTOMER",
    ),
    "realign": Explained(
        N_("A customer's code and its name in the books are not the same any more"),
        N_("The store gave a customer another code, or somebody renamed the customer in the books."),
        N_(
            "Customers are known by their code on both sides. We rename nobody, and under the new code a second "
            "customer would be made: so nothing is sent for this one until the names are equal again."
        ),
        N_(
            "Open Customers in the company profile: it shows the old and the new code. In the books, change the "
            "customer's display name to the new code, then press 'Read both lists again'. It goes on by itself."
        ),
    ),
    "SEN_INVOICE_DUP": Explained(
        N_("Several invoices have this number"),
        N_("QuickBooks has more than one invoice with the number of the Sengerio invoice, so nothing was written."),
        N_("Invoices are aligned by their number. With several of them, the wrong one could be overwritten."),
        N_("Rename the others in QuickBooks until one is left with the number, then sync the invoice again."),
        "SEN_INVOICE_DUP",
    ),
    "SEN_TAX_CODE": Explained(
        N_("There is no tax code with the VAT rate's name"),
        N_("A VAT rate of Sengerio has no tax code of the same name in QuickBooks, or the other way round."),
        N_("VAT rates and tax codes are aligned by their names, in both directions."),
        N_("Create the missing one with the same name, or rename one of the two, then read both lists again."),
        "SEN_TAX_CODE",
    ),
    "SEN_INVOICE": Explained(
        N_("The invoice was not found"),
        N_(
            "An invoice that was carried over earlier, or that a credit note names, is not in QuickBooks under its "
            "number."
        ),
        N_("It was deleted there, its number was changed on one side, or it was never carried over."),
        N_(
            "Look for it in QuickBooks by customer and total. Give it the number that Sengerio has, or sync the "
            "invoice first and the credit note after it."
        ),
        "SEN_INVOICE",
    ),
    "SEN_CN_DUP": Explained(
        N_("Several credit notes have this number"),
        N_("QuickBooks has more than one credit memo with the number of the credit note, so nothing was written."),
        N_("Credit notes are aligned by their number. With several of them, the wrong one could be overwritten."),
        N_("Rename the others in QuickBooks until one is left with the number, then sync the credit note again."),
        "SEN_CN_DUP",
    ),
    "SEN_CN": Explained(
        N_("The credit note was not found"),
        N_("A credit note that was carried over earlier is not in QuickBooks under its number."),
        N_("It was deleted there, its number was changed on one side, or it was never carried over."),
        N_(
            "Look for it in QuickBooks by customer and total, give it the number that Sengerio has, then sync it again."
        ),
        "SEN_CN",
    ),
}
