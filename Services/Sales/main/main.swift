import Boot
import Sales

await LintelCommand<SalesService>.start()
