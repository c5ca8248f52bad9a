import Crypto
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// The files that pages load: read once at start, named with a digest of their content, so that browsers keep them for ever.
struct Assets: Sendable {
    struct Asset: Sendable {
        let body: ByteBuffer
        let digest: String
        let type: String
    }

    private let assets: [String: Asset]
    private let prefix: String

    init(folder: URL, service: String) throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        var assets: [String: Asset] = [:]
        for name in names where !name.hasPrefix(".") {
            let data = try Data(contentsOf: folder.appending(path: name))
            let digest = Data(SHA256.hash(data: data)).base64URL.prefix(12)
            assets[name] = Asset(body: ByteBuffer(bytes: data), digest: String(digest), type: Self.type(of: name))
        }
        self.assets = assets
        prefix = "/\(service)/assets/"
    }

    /// Where a page finds the file.
    func url(_ name: String) -> String {
        "\(prefix)\(name)?v=\(assets[name]?.digest ?? "")"
    }

    func response(_ name: String, to request: Request) throws -> Response {
        guard let asset = assets[name] else { throw HTTPError(.notFound) }
        let tag = "\"\(asset.digest)\""
        let isNamed = request.uri.queryParameters["v"].map(String.init) == asset.digest
        let headers: HTTPFields = [
            .contentType: asset.type,
            .eTag: tag,
            .cacheControl: isNamed ? "public, max-age=31536000, immutable" : "no-cache",
        ]
        if request.headers[.ifNoneMatch] == tag { return Response(status: .notModified, headers: headers) }
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: asset.body))
    }

    static func type(of name: String) -> String {
        switch name.split(separator: ".").last {
        case "css": "text/css; charset=utf-8"
        case "js": "text/javascript; charset=utf-8"
        case "svg": "image/svg+xml"
        case "otf": "font/otf"
        case "png": "image/png"
        case "map": "application/json"
        default: "application/octet-stream"
        }
    }
}
