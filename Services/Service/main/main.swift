import AfterSales
import Boot

await LintelCommand<AfterSalesService>.start()
