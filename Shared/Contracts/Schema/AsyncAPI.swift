/// `asyncapi.yaml` (AsyncAPI 3.0), written by hand since it is text with a few names in it.
enum AsyncAPI {
    static func text(of contracts: [any Contract.Type]) -> String {
        let sorted = contracts.filter { $0.isPublished }.sorted { $0.name.text < $1.name.text }
        return head + "channels:\n" + sorted.map(channel).joined() + "operations:\n" + sorted.map(operation).joined()
            + "components:\n  messages:\n" + sorted.map(message).joined() + foot
    }

    private static let head = """
        # Generated from Shared/Contracts by `make generate`. Do not edit: a test fails when it is stale.
        asyncapi: 3.0.0
        info:
          title: Lintel messages
          version: 1.0.0
          description: >-
            Every message is a CloudEvent 1.0 in JSON's structured mode (application/cloudevents+json), persistent, published
            with publisher confirms and mandatory. The routing key is the type without its version. Within a version only
            optional fields are added; readers ignore fields that they do not know.
        defaultContentType: application/cloudevents+json
        servers:
          broker:
            host: localhost:5672
            pathname: /lintel
            protocol: amqp
            protocolVersion: 0.9.1

        """

    /// A channel is a routing key of one exchange.
    private static func channel(_ contract: any Contract.Type) -> String {
        let name = contract.name
        let isIntake = isIntake(contract)
        return """
              \(key(name)):
                address: \(isIntake ? "lead.{channel}" : name.routingKey)
                messages:
                  \(key(name)):
                    $ref: '#/components/messages/\(key(name))'
            \(isIntake ? intakeParameters : "")\
                bindings:
                  amqp:
                    is: routingKey
                    exchange:
                      name: \(isIntake ? "lintel.intake" : "lintel.events")
                      type: topic
                      durable: true
                      autoDelete: false
                      vhost: lintel

            """
    }

    private static let intakeParameters = """
            parameters:
              channel:
                description: The channel's own name, which its broker user alone may write to.

        """

    private static func operation(_ contract: any Contract.Type) -> String {
        let name = key(contract.name)
        let isIntake = isIntake(contract)
        return """
              \(isIntake ? "receive" : "send")_\(name):
                action: \(isIntake ? "receive" : "send")
                channel:
                  $ref: '#/channels/\(name)'
                summary: \(quoted(contract.summary))
                tags:
                  - name: \(contract.name.service)

            """
    }

    private static func message(_ contract: any Contract.Type) -> String {
        """
            \(key(contract.name)):
              name: \(contract.name)
              summary: \(quoted(contract.summary))
              contentType: application/cloudevents+json
              payload:
                allOf:
                  - $ref: './docs/schemas/envelope.json'
                  - type: object
                    required: [data]
                    properties:
                      type:
                        const: \(contract.name)
                      data:
                        $ref: './docs/schemas/\(contract.name).json'

        """
    }

    private static let foot = """
          x-notes:
            samples: Tests/ContractsTests/Samples holds a full sample of the data of each message.

        """

    /// Submissions come from channels, which are outside; everything else is between the services.
    private static func isIntake(_ contract: any Contract.Type) -> Bool { contract.name == SubmitLead.name }

    /// A name that is an identifier everywhere.
    private static func key(_ name: MessageName) -> String {
        String(name.text.map { $0 == "." ? "_" : $0 })
    }

    private static func quoted(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
    }
}
