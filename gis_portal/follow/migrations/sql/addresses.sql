-- E-mail addresses of those who follow: apart from what they follow, under row-level security that binds the owner too.
-- Written once, by the form. Read only while a mail is sent (addresses.py), one by one. There is no policy for UPDATE or
-- DELETE: an address goes with its follow, by the reference, which row-level security does not hinder.

ALTER TABLE follow_telling ADD FOREIGN KEY (follow_id) REFERENCES follow_follow ON DELETE CASCADE;
ALTER TABLE follow_telling ADD FOREIGN KEY (change_id) REFERENCES follow_change ON DELETE CASCADE;
ALTER TABLE follow_telling ADD FOREIGN KEY (mail_id) REFERENCES follow_mail ON DELETE CASCADE;
ALTER TABLE follow_mail ADD FOREIGN KEY (confirms_id) REFERENCES follow_follow ON DELETE CASCADE;

CREATE TABLE follow_address (
  follow_id bigint PRIMARY KEY REFERENCES follow_follow ON DELETE CASCADE,
  address text NOT NULL
);
ALTER TABLE follow_address ENABLE ROW LEVEL SECURITY;
ALTER TABLE follow_address FORCE ROW LEVEL SECURITY;
CREATE POLICY written_once ON follow_address FOR INSERT WITH CHECK (true);
CREATE POLICY one_to_send_to ON follow_address FOR SELECT USING (
  follow_id = nullif(current_setting('portal.send_to', true), '')::bigint
);
