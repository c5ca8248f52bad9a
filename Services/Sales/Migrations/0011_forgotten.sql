-- Who was forgotten: what a customer has written and another service tells of late comes without its words.
CREATE TABLE forgotten (
    uid uuid PRIMARY KEY
);
