-- How far the deal of a lead has come: first-talk, need-confirmed, plan-made, negotiation; NULL while nobody has moved it.
ALTER TABLE leads ADD COLUMN deal_stage text;
