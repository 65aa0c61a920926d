"""Every resource with its fields and detail tables (sql-accounting.md sections 5, 6.2 and 8)."""

from __future__ import annotations

from dataclasses import dataclass, field

from practice.sql_accounting.fields import Table, table


@dataclass(frozen=True)
class Resource:
    """One resource: what it is called, its path key, its fields, its detail tables.

    `single` are fields that only the single record shows; `indexed` those that may stand after `/*` (6.2)."""

    title: str
    key: str
    fields: Table
    nested: dict[str, Table] = field(default_factory=dict)
    single: frozenset[str] = frozenset()
    indexed: tuple[str, ...] = ()

    def header(self, whole: bool) -> list[str]:
        """The names of its header fields, as a list shows them or as the single record does."""
        return [name for name in self.fields if whole or name not in self.single]


PARTY = "taxexemptno=50 salestaxno=25 servicetaxno=25 tin=14 idtype:int idno=20 tourismno=17 sic=10 submissiontype:int"
PLACE = "address1-4=60 postcode=10 city=50 state=50 country=2"
HELPERS = "changed:flag! docnosetkey:int! nextdocno!"
SALES = table(
    f"""dockey:int! docno=20 docnoex docdate:day postdate:day taxdate:day code=10 companyname=100 {PLACE} phone1=200
    mobile=200 fax1=200 attention=70 area=10 agent=10 project=20 terms=10 currencycode=6 currencyrate:dec=10
    shipper=30 description=200 cancelled:flag status:int! docamt:dec! localdocamt:dec! validity=200
    deliveryterm=200 cc=200 docref1-4=25 branchname=100 daddress1-4=60 dpostcode=10 dcity=50 dstate=50 dcountry=2
    dattention=70 dphone1=200 dmobile=200 dfax1=200 {PARTY} incoterms=3 irbm_status:int^ irbm_internalid^
    irbm_uuid=26^ irbm_longid=50^ peppol_uuid^ peppol_docuuid^ eiv_utc:time^ eiv_received_utc:time^
    eiv_validated_utc:time^ businessunit attachments:blob note:blob approvestate:blob printcount:int!
    updatecount:int! lastmodified:int! {HELPERS} im_scan_autokey:int!"""
)
INVOICE = SALES | table("d_amount:dec eivrequest_uuid^ transferable:flag")
CASH = INVOICE | table(
    """p_docno=20 p_paymentmethod=10 p_chequenumber p_paymentproject=20 p_bankcharge:dec p_bankchargeaccount=10
    p_amount:dec p_paidamount:dec!"""
)
CREDIT = SALES | table("fromdoc")
LINE = table(
    """dtlkey:int! dockey:int! seq:int styleid number itemcode=30 location=20 batch=30 project=20 description=200
    description2 description3:blob permitno qty:dec=4 uom=10 rate:dec=4! sqty:dec=4! suomqty:dec=4!
    unitprice:dec=8 disc=20 tax=10 tariff taxexemptionreason=300 irbm_classification=3 taxrate taxamt:dec!
    localtaxamt:dec! exempted_taxrate! exempted_taxamt:dec! taxinclusive:flag amount:dec! localamount:dec!
    amountwithtax:dec! account=10 printable:flag fromdoctype fromdockey:int fromdtlkey:int remark1-2=200
    companyitemcode initialpurchasecost:dec changed:flag!"""
)
INVOICE_LINE = LINE | table("deliverydate:day taxableamt:dec! transferable:flag")
CREDIT_LINE = LINE | table("unitcost:dec")
SERIALS = table("serialnumber=30")
AR = table(
    f"""dockey:int! docno=20! docnoex! doctype:int! code=10! docdate:day! postdate:day! taxdate:day! journal!
    description=200! area=10! agent=10! project=20! currencycode=6! currencyrate:dec=10! docamt:dec!
    localdocamt:dec! fromdoctype! cancelled:flag status:int! updatecount:int! attachments:blob! note:blob!
    approvestate:blob! lastmodified:int! companycurrencyrate:dec=10! {HELPERS}"""
)
AR_LINE = table(
    """dtlkey:int! dockey:int! seq:int! account! project! description! tax! tariff! taxrate! taxamt:dec!
    localtaxamt:dec! exempted_taxrate! exempted_taxamt:dec! taxinclusive:flag! amount:dec! localamount:dec!
    amountwithtax:dec! fromdtlkey:int! changed:flag!"""
)
KNOCK_OFF = table(
    """uniquekey! dockey:int! knockoffdockey:int! refdockey:int! doctype docdate:day! postdate:day! docno agent! area!
    docamt:dec! originaloutstanding:dec! currencycode! currencyrate:dec=10! outstanding:dec! koamt:dec
    actuallocalkoamt:dec! localkoamt:dec! kotaxdate:day! gainloss:dec! gainlosspostdate:day! localoutstanding:dec!
    knockoff:flag docnoex! description! duedate:day! project! updatecount:int!"""
)
PAYMENT = table(
    f"""dockey:int! docno=20 code=10 docdate:day postdate:day taxdate:day paymentmethod=10 journal! project=20
    paymentproject=20 description=200 area=10 agent=10 chequenumber currencycode=6 currencyrate:dec=10 docamt:dec
    localdocamt:dec! bankacc:int bankcharge:dec bankchargeaccount=10 unappliedamt:dec fromdoctype fromdockey:int
    cancelled:flag status:int! nonrefundable:flag bounceddate:day docref1-2=25 banktransfertype bankrefno
    bankstatus bankstatusdesc companycurrencyrate:dec=10! updatecount:int! lastmodified:int! gltransid:int!
    attachments:blob note:blob approvestate:blob {HELPERS}"""
)
CUSTOMER = table(
    f"""code=10 controlaccount=10 companyname=100 companyname2=100 companycategory=10 area=10 agent=10 biznature
    creditterm=10 creditlimit:dec overduelimit:dec statementtype=1 currencycode=6 outstanding:dec!
    allowexceedcreditlimit:flag addpdctocrlimit:flag agingon=1 pricetag=10 creationdate:day tax=10 taxexpdate:day
    brn=30 brn2 gstno=25 {PARTY} irbm_classification inforequest_uuid peppolid businessunit taxarea
    attachments:blob remark=80 note:blob status=1 lastmodified:int! dirty:flag!"""
)
BRANCH = table(
    f"dtlkey:int! code! branchtype=1 branchname=100 {PLACE} geocoordinate attention=70 phone1-2=200 mobile=200 "
    "fax1-2=200 email=200"
)
ITEM = table(
    """dockey:int! code=30 description=200 description2 description3:blob stockgroup=20 stockcontrol:flag
    costingmethod:int serialnumber:flag shelf=40 minqty:dec=4 maxqty:dec=4 suom reorderlevel:dec=4
    reorderqty:dec=4 sltax=10 phtax=10 tariff irbm_classification stockmatrix defuom_st defuom_sl defuom_ph
    scriptcode isactive:flag creationdate:day picture:blob pictureclass attachments:blob note:blob uom!
    refcost:dec=8! refprice:dec=8! itemtype leadtime:int bom_leadtime:int bom_asmcost:dec balsqty:dec=4!
    balsuomqty:dec=4! remark1-2 barcode! lastmodified:int! dirty:flag!"""
)
UNIT = table(
    """code! uom=10 rate:dec=4 refcost:dec=8 refprice:dec=8 mincost:dec=8 maxcost:dec=8 minprice:dec=8 maxprice:dec=8
    isbase:flag"""
)
SMALL = "code=10 description attachments:blob isactive:flag"
GROUP_ACCOUNTS = (
    "sales=10 salesreturned=10 cashsales=10 purchase=10 cashpurchase=10 purchasereturned=10 balancestock=10"
)
CURRENCY = (
    "code=6 description symbol isocode=3 color:int buyingrate:dec=10 sellingrate:dec=10 fcgainaccount fclossaccount"
)
PROFILE = """autokey:int! companyname remark brn brn2 gstno salestaxno servicetaxno sststartdate:day tin idtype:int idno
    tourismno sic address1-4 postcode city state country phone1 email alias api_host api_httpport:int api_httpsport:int
    api_dnskey smtp_uri googlemapsapikey myinvois_productioncred myinvois_sandboxcred peppolapikey rowver:int!"""

SALES_INDEX = ("code", "docdate", "docno", "postdate", "eiv_utc")
RESOURCES = {
    "profile": Resource("Profile", "autokey", table(PROFILE)),
    "customer": Resource(
        "Customer",
        "code",
        CUSTOMER,
        {
            "sdsbranch": BRANCH,
            "sdscreditcontrol": table("dtlkey:int! code! doctype controltype:int suspendmsg"),
            "sdsbankacc": table("autokey:int! code! bank accno accname idtype:int id isactive:flag giro ref"),
            "sdstariff": table("autokey:int! code! tariff tax rowver:int!"),
        },
        indexed=("code",),
    ),
    "agent": Resource("Agent", "code", table(SMALL)),
    "area": Resource("Area", "code", table(SMALL)),
    "project": Resource(
        "Project",
        "code",
        table(
            "code=20 description=80 description2 projectvalue:dec projectcost:dec attachments:blob isactive:flag",
        ),
    ),
    "stockitem": Resource(
        "Stock item",
        "dockey",
        ITEM,
        {"sdsuom": UNIT},
        single=frozenset({"uom", "refcost", "refprice", "barcode"}),
        indexed=("code", "description", "dockey"),
    ),
    "stockgroup": Resource(
        "Stock group",
        "code",
        table(f"code=20 description {GROUP_ACCOUNTS} costingmethod:int isactive:flag lastmodified:int!"),
    ),
    "location": Resource(
        "Location",
        "code",
        table(
            f"code=20 description description2 {PLACE} attention phone1-2 fax1-2 email project=20 isactive:flag "
            "attachments:blob note:blob"
        ),
    ),
    "terms": Resource(
        "Terms",
        "code",
        table("code=10 description termtype=1 termday:int termmonth:int attachments:blob isactive:flag"),
    ),
    "tax": Resource(
        "Tax code",
        "autokey",
        table(
            """autokey:int! code=10 description taxaccount taxreturnaccount taxrate:dec taxtype:int inputtax:flag
            outputtax:flag taxinclusive:flag isdefault:flag isactive:flag attachments:blob lastmodified:int!"""
        ),
        indexed=("code",),
    ),
    "account": Resource(
        "Account",
        "code",
        table(
            "dockey:int! parent:int code=10 description=200 description2 acctype specialacctype tax "
            "cashflowtype:int sic"
        ),
        indexed=("parent", "code"),
    ),
    "currency": Resource(
        "Currency",
        "code",
        table(f"{CURRENCY} attachments:blob"),
        {"sdscurrencyrate": table("code! datefrom:day dateto:day buyingrate:dec=10 sellingrate:dec=10")},
    ),
    "pmmethod": Resource(
        "Payment method",
        "code",
        table(
            """code=10 journal bankchargeaccount currencycode overdraftlimit:dec ordocnumber pvdocnumber bankid:int
            giro data:blob attachments:blob description accno"""
        ),
        single=frozenset({"description", "accno"}),
    ),
    "salesinvoice": Resource("Sales invoice", "dockey", INVOICE, {"sdsdocdetail": INVOICE_LINE}, indexed=SALES_INDEX),
    "cashsales": Resource("Cash sales", "dockey", CASH, {"sdsdocdetail": INVOICE_LINE}),
    "salescreditnote": Resource(
        "Sales credit note", "dockey", CREDIT, {"sdsdocdetail": CREDIT_LINE}, indexed=SALES_INDEX
    ),
    "customerinvoice": Resource(
        "Customer invoice",
        "dockey",
        AR | table("terms! duedate:day! paymentamt:dec! outstanding:dec!"),
        {"sdsdocdetail": AR_LINE},
        single=frozenset({"outstanding"}),
        indexed=("docno",),
    ),
    "customercreditnote": Resource(
        "Customer credit note",
        "dockey",
        AR | table("unappliedamt:dec taxexemptno!"),
        {"sdsdocdetail": AR_LINE, "sdsknockoff": KNOCK_OFF},
        indexed=("docno",),
    ),
    "customerpayment": Resource("Customer payment", "dockey", PAYMENT, {"sdsknockoff": KNOCK_OFF}, indexed=("docno",)),
    "customerrefund": Resource(
        "Customer refund",
        "dockey",
        PAYMENT | table("bankaccount"),
        {"sdsknockoff": {name: what for name, what in KNOCK_OFF.items() if name not in ("docnoex", "duedate")}},
        indexed=("docno",),
    ),
}
