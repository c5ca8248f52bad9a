-- When anything last happened about a lead: enquired, spoken with, or somebody tried to. Who was last heard of long ago, and who
-- was just here, is asked of that and no longer of the last enquiry alone.
CREATE INDEX leads_by_activity ON leads (greatest(last_touch_at, contacted_at, followed_up_at));
DROP INDEX leads_by_touch;
