// AfterSales
