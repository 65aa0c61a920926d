"""The fixed documents that we send, each by the name of its operation (other-stores.md 2.3, 2.4, [H3][H6]).

Nothing is ever written into a document: what changes, goes by variables. Money is asked for in the shop's currency."""

MONEY = "{ shopMoney { amount currencyCode } }"
PAGE = "pageInfo { hasNextPage endCursor }"
TAXES = f"taxLines {{ title rate priceSet {MONEY} }}"
ADDRESS = "{ name company address1 address2 city province zip country phone }"
TRANSACTION = f"id kind status test gateway authorizationCode paymentId processedAt amountSet {MONEY}"
LINE = f"""id sku name quantity currentQuantity isGiftCard originalUnitPriceSet {MONEY}
        discountAllocations {{ allocatedAmountSet {MONEY} }} {TAXES} variant {{ id }} product {{ id }}"""
REFUND_LINE = f"lineItem {{ id }} quantity subtotalSet {MONEY} totalTaxSet {MONEY}"

SHOP = "query Shop { shop { name myshopifyDomain currencyCode billingAddress { countryCodeV2 } } " + (
    "currentAppInstallation { accessScopes { handle } } }"
)

ORDER_LIST = f"""query OrderList($first: Int!, $after: String, $query: String!, $sortKey: OrderSortKeys!) {{
  orders(first: $first, after: $after, query: $query, sortKey: $sortKey) {{
    nodes {{ id name processedAt test }} {PAGE}
  }}
}}"""

ORDERS = f"""query Orders($ids: [ID!]!, $lines: Int!, $few: Int!) {{
  nodes(ids: $ids) {{
    ... on Order {{
      id name createdAt processedAt updatedAt cancelledAt closedAt test edited taxesIncluded
      currencyCode presentmentCurrencyCode displayFinancialStatus displayFulfillmentStatus email phone note tags
      totalPriceSet {MONEY} currentTotalPriceSet {MONEY} totalTaxSet {MONEY} currentTotalTaxSet {MONEY}
      totalTipReceivedSet {MONEY} originalTotalDutiesSet {MONEY}
      additionalFees {{ name price {MONEY} {TAXES} }}
      billingAddress {ADDRESS} shippingAddress {ADDRESS}
      lineItems(first: $lines) {{ nodes {{ {LINE} }} {PAGE} }}
      shippingLines(first: $few, includeRemovals: true) {{
        nodes {{ id title isRemoved originalPriceSet {MONEY} discountedPriceSet {MONEY}
          discountAllocations {{ allocatedAmountSet {MONEY} }} {TAXES} }} {PAGE}
      }}
      transactions(first: $few) {{ {TRANSACTION} }}
      refunds(first: $few) {{ id }}
      fulfillments(first: $few) {{ createdAt status }}
    }}
  }}
}}"""

MORE_LINES = f"""query MoreLines($id: ID!, $first: Int!, $after: String) {{
  order(id: $id) {{ lineItems(first: $first, after: $after) {{ nodes {{ {LINE} }} {PAGE} }} }}
}}"""

REFUNDS = f"""query Refunds($ids: [ID!]!, $lines: Int!, $few: Int!) {{
  nodes(ids: $ids) {{
    ... on Refund {{
      id createdAt note totalRefundedSet {MONEY}
      refundLineItems(first: $lines) {{ nodes {{ {REFUND_LINE} }} {PAGE} }}
      refundShippingLines(first: $few) {{ nodes {{ subtotalAmountSet {MONEY} taxAmountSet {MONEY} }} {PAGE} }}
      orderAdjustments(first: $few) {{ nodes {{ reason amountSet {MONEY} taxAmountSet {MONEY} }} {PAGE} }}
      transactions(first: $few) {{ nodes {{ {TRANSACTION} }} {PAGE} }}
    }}
  }}
}}"""

MORE_REFUND_LINES = f"""query MoreRefundLines($id: ID!, $first: Int!, $after: String) {{
  refund(id: $id) {{ refundLineItems(first: $first, after: $after) {{ nodes {{ {REFUND_LINE} }} {PAGE} }} }}
}}"""

VARIANTS = f"""query Variants($first: Int!, $after: String) {{
  productVariants(first: $first, after: $after) {{ nodes {{ id sku title price product {{ title }} }} {PAGE} }}
}}"""

CUSTOMERS = f"""query Customers($first: Int!, $after: String) {{
  customers(first: $first, after: $after) {{
    nodes {{ id displayName defaultEmailAddress {{ emailAddress }} defaultPhoneNumber {{ phoneNumber }}
      defaultAddress {ADDRESS} }} {PAGE}
  }}
}}"""
