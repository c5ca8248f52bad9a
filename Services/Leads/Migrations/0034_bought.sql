-- Who has bought before, for segments: without it the question walks all leads there are.
CREATE INDEX leads_bought ON leads (uid) WHERE deal_outcome = 'won';
