import ServiceLifecycle

/// Takes turns until the service is shut down; a shutdown wakes whoever sleeps on `signal`.
func untilShutdown(waking signal: Signal, _ turn: () async -> Void) async {
    await withGracefulShutdownHandler {
        while !Task.isShuttingDownGracefully && !Task.isCancelled { await turn() }
    } onGracefulShutdown: {
        signal.poke()
    }
}
