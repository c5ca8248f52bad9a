// Leads
