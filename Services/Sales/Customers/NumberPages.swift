import Web

extension CustomerPage {
    /// Asks for the numbers of somebody one is not responsible for.
    struct NumbersForm: Sendable {
        let action: String
        let reason: Field
    }
}

extension CustomerView {
    var numbersForm: CustomerPage.NumbersForm {
        CustomerPage.NumbersForm(
            action: "/sales/customers/\(customer.uid)/numbers",
            reason: Field("reason", viewer.text("numbers.reason"), hint: viewer.text("numbers.hint"), isRequired: true)
        )
    }
}
