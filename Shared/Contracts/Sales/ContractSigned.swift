public import struct Foundation.Date

/// A unit is sold.
public struct ContractSigned: Contract {
    public static let name: MessageName = "sales.contract.signed.v1"
    public static let summary = "The sales contract of a unit was signed."

    public var contractID: SaleContractID
    /// The contract's own number.
    public var number: String
    public var dealID: DealID
    public var uid: UID
    public var unitID: UnitID
    public var project: String
    public var unitNumber: String
    /// Square metres.
    public var area: Double
    public var price: Money
    public var customer: PersonCard
    public var staffID: StaffID
    public var signedAt: Date
    /// When the unit is promised.
    public var handoverDueAt: Date?

    public init(
        contractID: SaleContractID,
        number: String,
        dealID: DealID,
        uid: UID,
        unitID: UnitID,
        project: String,
        unitNumber: String,
        area: Double,
        price: Money,
        customer: PersonCard,
        staffID: StaffID,
        signedAt: Date,
        handoverDueAt: Date? = nil
    ) {
        self.contractID = contractID
        self.number = number
        self.dealID = dealID
        self.uid = uid
        self.unitID = unitID
        self.project = project
        self.unitNumber = unitNumber
        self.area = area
        self.price = price
        self.customer = customer
        self.staffID = staffID
        self.signedAt = signedAt
        self.handoverDueAt = handoverDueAt
    }

    public static var example: ContractSigned {
        ContractSigned(
            contractID: Sample.contract,
            number: "RP-2026-0042",
            dealID: Sample.deal,
            uid: Sample.uid,
            unitID: Sample.unit,
            project: "river-park",
            unitNumber: "3-1201",
            area: 108.5,
            price: Sample.price,
            customer: Sample.card,
            staffID: Sample.agent,
            signedAt: Sample.instant,
            handoverDueAt: Sample.instant
        )
    }
}
