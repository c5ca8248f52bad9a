public import ArgumentParser
public import Foundation
public import Hummingbird
public import Messaging
public import ServiceLifecycle
public import Web

/// A Lintel service, as its executable sees it: what it hears, what it does, and where it answers.
///
/// ```swift
/// await LintelCommand<LeadsService>.main()
/// ```
public protocol LintelService: Sendable {
    /// `leads`, `sales`, `service`, `notify`: schema, prefix of paths, first part of the names of messages and queues.
    static var name: String { get }
    /// The bundle with `Migrations` and `Pages`.
    static var resources: Bundle { get }
    /// Tables that are fed with its own events in the transactions that tell them.
    static var projections: [Projection] { get }
    /// What it measures besides what every service does.
    static var metrics: [MetricDescription] { get }
    /// How far apart its turns are in a storm.
    static var pace: Pace { get }
    /// Commands besides those that every service has.
    static var commands: [any AsyncParsableCommand.Type] { get }

    /// Wires the service on prepared ground. Nothing is running yet.
    init(_ ground: Ground) throws

    /// Every message that the service listens to.
    var subscriptions: [Subscription] { get }
    /// Queues besides `<name>.events`.
    var inlets: [any Inlet] { get }
    /// What happens when a timer of each kind is due.
    var timers: [TimerHandler] { get }
    /// Loops of its own.
    var services: [any ServiceLifecycle.Service] { get }
    /// Everything that it keeps which can be dropped and built again.
    var rebuildable: [Projection] { get }

    /// What the service's own table of staff says of these people; those whom it has not heard of yet are not in it.
    func standings(of staff: [UUID]) async throws -> [UUID: Standing]

    /// Everything that it answers over HTTP; all paths begin with its name.
    func addRoutes(to router: Router<WebContext>)

    /// What must be in the database before anybody is served: seeds. Runs at every start and must be repeatable.
    func prepare() async throws

    /// What its part of the operations page shows besides queues, timers and letters.
    func figures(_ viewer: Viewer) async throws -> [OperationsFigure]

    /// Counts what its business gauges tell; called a few times a minute, in every replica.
    func measure() async throws
}

extension LintelService {
    public static var projections: [Projection] { [] }
    public static var metrics: [MetricDescription] { [] }
    public static var pace: Pace { .calm }
    public static var commands: [any AsyncParsableCommand.Type] { [] }
    public var inlets: [any Inlet] { [] }
    public var timers: [TimerHandler] { [] }
    public var services: [any ServiceLifecycle.Service] { [] }
    public var rebuildable: [Projection] { Self.projections }
    public func prepare() async throws {}
    public func figures(_ viewer: Viewer) async throws -> [OperationsFigure] { [] }
    public func measure() async throws {}

    /// What its inlets can read, for messages that are handed in again.
    var readers: [InletReader] {
        inlets.map { InletReader($0) } + [.events(Self.name, subscriptions)]
    }
}
