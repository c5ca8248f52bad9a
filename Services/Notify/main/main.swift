import Boot
import Notify

await LintelCommand<NotifyService>.start()
