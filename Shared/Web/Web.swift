import Hummingbird
import JWTKit
import Mustache
