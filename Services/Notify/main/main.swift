import Notify
