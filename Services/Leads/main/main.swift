import Boot
import Leads

await LintelCommand<LeadsService>.start()
