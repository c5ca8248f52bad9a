import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// The files of `Assets/`, and in development the vendor files that the proxy serves otherwise.
enum AssetRoutes {
    /// Where Debian's packages put what pages use.
    private static let vendor = [
        "bootstrap5": "/usr/share/javascript/bootstrap5",
        "chart.js": "/usr/share/javascript/chart.js",
        "sortable": "/usr/share/javascript/sortable",
        "fonts": "/usr/share/fonts/opentype/inter",
    ]

    static func add(to router: Router<WebContext>, configuration: WebServer.Configuration, assets: Assets) {
        let group = router.group(RouterPath(configuration.service))
        group.get("assets/:name") { request, context in
            try assets.response(try context.parameter("name"), to: request)
        }
        if configuration.development {
            router.get("assets/vendor/**") { request, context in
                try await vendorFile(context.parameters.getCatchAll().map(String.init), context)
            }
        }
    }

    private static func vendorFile(_ path: [String], _ context: WebContext) async throws -> Response {
        guard path.count >= 2, let home = vendor[path[0]], !path.contains(".."),
            path.allSatisfy({ !$0.isEmpty && !$0.contains("%") && !$0.contains("\\") })
        else { throw HTTPError(.notFound) }
        let file = home + "/" + path.dropFirst().joined(separator: "/")
        let body: ResponseBody
        do {
            body = try await FileIO().loadFile(path: file, context: context)
        } catch {
            throw HTTPError(.notFound)
        }
        let type = Assets.type(of: path.last ?? "")
        return Response(status: .ok, headers: [.contentType: type, .cacheControl: "max-age=86400"], body: body)
    }
}
