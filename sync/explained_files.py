"""What can be wrong with a file that somebody uploads, by code.

Source: marketplace-income-statements.md section 8."""

from documents import N_
from sync.explaining import Explained

_MEND = N_(
    "Correct the cell in the file and upload it again, or mend it on the page; good rows can be taken meanwhile."
)

FILES: dict[str, Explained] = {
    "FILE01": Explained(
        N_("The file cannot be opened"),
        N_("The file is of another kind than its name says, has a password, is damaged, or is too large."),
        N_("Spreadsheets are opened only as far as their table: up to 20 MB and 100,000 rows, never their macros."),
        N_("Open it in your spreadsheet program, take the password away, save it as xlsx or csv, and upload that."),
    ),
    "FILE02": Explained(
        N_("No table is recognised in the file"),
        N_("None of the file's sheets has the headers of the format that was chosen."),
        N_("It may be another report of the same marketplace, or an export in another language than English."),
        N_("Export the report that the help page of your marketplace names, in English; or map the columns yourself."),
    ),
    "FILE03": Explained(
        N_("A column is missing"),
        N_("A column that is needed is not in the sheet; the closest header that was found is named beside it."),
        N_("The column was deleted or renamed, or the marketplace changed its report."),
        N_("Export the report again without leaving columns out, or say in the mapping which column stands for it."),
    ),
    "FILE04": Explained(
        N_("A column appears twice"),
        N_("Two columns have the same header, and nothing says which of them counts."),
        N_("Taking one of them by guess could book the wrong amounts."),
        N_("Delete or rename one of the two columns, then upload the file again."),
    ),
    "FILE05": Explained(
        N_("The file has another format"),
        N_("The headers are those of another marketplace or report than the one that was chosen."),
        N_("Each channel has its own report, and amounts mean different things in each."),
        N_("Choose the channel that the file belongs to, or upload the file of the channel that you chose."),
    ),
    "FILE06": Explained(
        N_("The statement is of income that is not released yet"),
        N_("The file lists money that the marketplace still holds back."),
        N_("Only money that was released can pay invoices: the amounts of the others can still change."),
        N_("Download the statement of released income for the same days, and upload that."),
    ),
    "FILE07": Explained(
        N_("The same file was imported before"),
        N_("A file with exactly this content is here already."),
        N_("Taking it again would book the same money twice."),
        N_("Nothing, if you only pressed twice. Otherwise choose the file that you meant."),
    ),
    "FILE08": Explained(
        N_("The control total differs"),
        N_("The file's own summary says another total than its rows add up to."),
        N_("Rows were deleted or filtered out before the file was saved, or the summary counts something else."),
        N_("Compare the two totals. If rows are missing, export the report again."),
    ),
    "FILE09": Explained(
        N_("The file is of another shop"),
        N_("The shop that is named in the file is not the one of the store that was chosen."),
        N_("Orders of one shop would be booked as those of another."),
        N_("Choose the store that the file belongs to, or upload the file of the store that you chose."),
    ),
    "FILE10": Explained(
        N_("Another sheet of the workbook holds orders, too"),
        N_("One sheet is read at a time, and the header of another one has all that orders need."),
        N_("A workbook may have a sheet for each month or shop; what is not read must not be forgotten."),
        N_("Import this sheet, then press 'Choose the columns anew' and look at the other; or put all rows into one."),
    ),
}

ROWS: dict[str, Explained] = {
    "ROW01": Explained(
        N_("The order's number is empty"),
        N_("A row with amounts has no order number."),
        N_("Without it nobody can say which invoice the money is for."),
        _MEND,
    ),
    "ROW02": Explained(
        N_("This is not an amount"),
        N_("A cell that should hold an amount holds something else."),
        N_("A text, two decimal marks, or a sign that is not understood: we never guess an amount."),
        _MEND,
    ),
    "ROW03": Explained(
        N_("This is not a date"),
        N_("A cell that should hold a date holds something else."),
        N_("The date is written in a way that can be read as no day, or the cell was filled with text."),
        _MEND,
    ),
    "ROW04": Explained(
        N_("The currency does not fit"),
        N_("The row's currency is not matched, or is another than that of its order."),
        N_("A payment in another currency than the invoice would need a rate that nobody has given."),
        N_("Open Manage Matching, Currency, and choose what stands for it; or correct the currency in the file."),
    ),
    "ROW05": Explained(
        N_("The order is not found"),
        N_("No order of the store has the number of this row."),
        N_("It was not read yet, lies before the start date, or belongs to another shop."),
        N_("Get the orders now, or look at the store's page for orders that are not here; then upload the file again."),
    ),
    "ROW06": Explained(
        N_("The order's number lost digits"),
        N_("The number was kept as a figure and was rounded, for example 5.79E+17."),
        N_("Spreadsheet programs round long figures when a file is opened and saved."),
        N_("Format the column as text and export the report again; do not save it in between."),
    ),
    "ROW07": Explained(
        N_("The row is there twice"),
        N_("Another row has the same order, date and amount."),
        N_("Both together would book the money twice."),
        N_("Delete one of the two rows. If both are meant, say so on the page."),
    ),
    "ROW08": Explained(
        N_("The order is paid already"),
        N_("A payment that is here already has paid this order."),
        N_("Statements overlap, or the payment came with the order."),
        N_("Leave the row out. If it is another payment, enter it in the books by hand."),
    ),
    "ROW09": Explained(
        N_("A formula has no saved value"),
        N_("The cell holds a formula, and the file does not hold its result."),
        N_("We read what is saved and never compute formulas of a file."),
        N_("Open the file in your spreadsheet program and save it once, or paste the values, then upload it again."),
    ),
    "ROW10": Explained(
        N_("The parts do not add up"),
        N_("Gross, fees and net of the row do not agree."),
        N_("A part is missing from the file, or a cell was changed."),
        _MEND,
    ),
    "ROW11": Explained(
        N_("The order has no invoice yet"),
        N_("The order is here, and no invoice of it was posted."),
        N_("A payment pays an invoice, so the invoice comes first."),
        N_("Sync the order's invoice, then upload the file again."),
    ),
    "ROW12": Explained(
        N_("The date cannot be right"),
        N_("The date lies in the future, before the year 2000, or before the order was made."),
        N_("Day and month may be swapped, or the year is wrong."),
        _MEND,
    ),
}

WARNINGS: dict[str, Explained] = {
    "W01": Explained(
        N_("The amount differs from the invoice"),
        N_("The order's money in the file is not what its invoice says."),
        N_("Fees, a voucher, or a part of the order that was refunded or not paid out."),
        N_("Compare the two. The difference stays open on the invoice until it is explained."),
    ),
    "W02": Explained(
        N_("A refund, or less than nothing"),
        N_("The row takes money back, so it pays no invoice."),
        N_("A refund is a credit note in the books, not a payment."),
        N_("See that the order has a credit note for it."),
    ),
    "W03": Explained(
        N_("An amount has too many decimals"),
        N_("The amount has more decimals than its currency, and was rounded half up."),
        N_("Some reports compute fees and write them out unrounded."),
        N_("Nothing, unless the total differs from what was paid out."),
    ),
    "W04": Explained(
        N_("Rows were left out"),
        N_("Some rows are no payment: details of products, totals, blank rows, or orders that are not completed."),
        N_("They repeat or sum up money that stands in other rows."),
        N_("Nothing. The count beside the warning says how many there were, by reason."),
    ),
    "W05": Explained(
        N_("A fee is not known"),
        N_("The file has a fee that is in no list of ours; it was booked to 'other fees'."),
        N_("Marketplaces invent new fees now and then."),
        N_("Choose an account for it, if it should stand by itself."),
    ),
    "W06": Explained(
        N_("There is no payout date"),
        N_("The row does not say when the money was paid out; the day of the transaction was taken."),
        N_("The report is of money that was released and not transferred yet, or has no such column."),
        N_("Nothing, unless the payment should carry another day."),
    ),
    "W07": Explained(
        N_("Dates or decimals can be read in two ways"),
        N_("Nothing in the file says whether the day or the month stands first, or which sign is the decimal mark."),
        N_("Reports follow the language of the account that exported them."),
        N_("Look at the preview. If days or amounts are wrong, choose the other reading."),
    ),
    "W08": Explained(
        N_("A row lies outside the statement's days"),
        N_("The row's day is not within the period that the statement names."),
        N_("Corrections of earlier days are often added to a later statement."),
        N_("Nothing, if the order is right."),
    ),
    "W09": Explained(
        N_("A column was not used"),
        N_("The file has a column that nothing here needs."),
        N_("It is new in the report, or one of your own."),
        N_("Nothing, unless it holds something that you miss."),
    ),
    "ROW13": Explained(
        N_("Rows of one order say different things"),
        N_("A cell that belongs to the whole order differs between the rows of that order."),
        N_("An order with several products has several rows, which repeat what belongs to the order."),
        _MEND,
    ),
    "ROW14": Explained(
        N_("The column holds another number than the store's own id"),
        N_("Orders of this channel are here under other ids than those of the file."),
        N_("Where a store is read by its API too, a file must name the same ids, or each order would be there twice."),
        N_("Choose the column with the store's own order id under Columns."),
    ),
    "ROW15": Explained(
        N_("A cell is empty that must hold something"),
        N_("The order cannot be read without this value."),
        N_("The export left it out, or the cell was emptied."),
        _MEND,
    ),
    "ROW16": Explained(
        N_("A number is too long"),
        N_("An order's id or number has more than 64 characters."),
        N_("Another column may have been chosen for it, such as a remark."),
        N_("Look under Columns whether the right column is chosen; else shorten it in the file."),
    ),
    "ROW17": Explained(
        N_("The cell holds an error"),
        N_("A formula of the file came to an error, such as #REF!."),
        N_("Something that the formula points to is gone."),
        _MEND,
    ),
    "ROW20": Explained(
        N_("A row has more cells than there are columns"),
        N_("Something stands to the right of the last column that has a name."),
        N_("In a text file a comma inside an amount, like 1,234.50 without quotation marks, makes two cells of one."),
        N_("Export the file as xlsx, or with quotation marks. If the column is meant so, give it a name."),
    ),
    "W10": Explained(
        N_("A number had a decimal point without need"),
        N_("The spreadsheet shows the number as 71.0; it is read as 71."),
        N_("Spreadsheet programs turn whole numbers into decimal ones when a file is converted."),
        N_("Nothing."),
    ),
    "W11": Explained(
        N_("A status is not known"),
        N_("The file names a status that is none of the usual ones."),
        N_("Each shop has words of its own; only known ones are posted by themselves."),
        N_("Tick the word in Manage Settings, Which orders, if such orders are to be posted."),
    ),
    "W12": Explained(
        N_("Something about the whole file"),
        N_("The file can be read, and something in it is worth knowing: hidden rows, or orders that are here already."),
        N_("Filters and copies hide rows, and exports overlap; hidden rows count as the others do."),
        N_("Nothing, if it is what you meant."),
    ),
    "W14": Explained(
        N_("An order has fewer lines than before"),
        N_("An earlier file told more lines of the order than this one does."),
        N_("A large file was split in the middle of an order, or lines were taken out of the order."),
        N_("If the file was split, split it between two orders and upload it again. Else nothing: this file counts."),
    ),
    "W13": Explained(
        N_("Rows of one order tell different states"),
        N_("The first row of the order counts; the others say something else."),
        N_("Some shops export the state of each product, not of the order."),
        N_("Nothing, if the first row is right."),
    ),
}
