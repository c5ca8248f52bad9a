public import Foundation
public import Hummingbird

/// The cookies of the console, all for the whole origin and none for other sites.
enum SessionCookie {
    static let session = "lintel_session"
    static let language = "lintel_lang"
    static let flash = "lintel_flash"
    /// Says nothing about its holder: it only ties the forms of somebody who is not signed in to one browser.
    static let visitor = "lintel_visitor"

    static func make(
        _ name: String,
        _ value: String,
        maxAge: Int? = nil,
        secure: Bool,
        httpOnly: Bool = true
    ) -> Cookie {
        Cookie(
            name: name,
            value: value,
            maxAge: maxAge,
            path: "/",
            secure: secure,
            httpOnly: httpOnly,
            sameSite: .lax
        )
    }
}

extension Response {
    /// Signs the browser in and sends it where it wanted to go.
    public static func signedIn(_ token: String, expiresAt: Date, next: LocalPath, secure: Bool) -> Response {
        var response = Response.redirect(to: next.description, type: .normal)
        let seconds = max(0, Int(expiresAt.timeIntervalSinceNow))
        response.setCookie(SessionCookie.make(SessionCookie.session, token, maxAge: seconds, secure: secure))
        response.setCookie(SessionCookie.make(SessionCookie.visitor, "", maxAge: 0, secure: secure))
        return response
    }

    /// Signs the browser out.
    public static func signedOut(to path: LocalPath = LocalPath("/sales/sign-in"), secure: Bool) -> Response {
        var response = Response.redirect(to: path.description, type: .normal)
        response.setCookie(SessionCookie.make(SessionCookie.session, "", maxAge: 0, secure: secure))
        return response
    }

    /// Answers a form post: look at this page next, which says once what happened.
    ///
    /// A path that is not local becomes the Today page.
    public static func seeOther(_ path: String, flash: Flash? = nil) -> Response {
        var response = Response.redirect(to: LocalPath(path).description, type: .normal)
        if let flash { response.say(flash) }
        return response
    }

    /// Has the next page say once what happened.
    public mutating func say(_ flash: Flash) {
        setCookie(SessionCookie.make(SessionCookie.flash, flash.cookie, maxAge: 60, secure: false))
    }
}
