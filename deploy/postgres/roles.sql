-- One schema and one login role per service, and no rights across. Run by the superuser, any number of times, connected to the database `lintel`.
-- The passwords are files: $LINTEL_SECRETS/db-<service>.
\set ON_ERROR_STOP 1
REVOKE ALL ON DATABASE lintel FROM PUBLIC;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC;

\set leads_password `cat "$LINTEL_SECRETS/db-leads"`
\set sales_password `cat "$LINTEL_SECRETS/db-sales"`
\set service_password `cat "$LINTEL_SECRETS/db-service"`
\set notify_password `cat "$LINTEL_SECRETS/db-notify"`

SELECT format('CREATE ROLE %I LOGIN', role)
FROM unnest(ARRAY['leads', 'sales', 'service', 'notify']) AS role
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role)
\gexec

SET password_encryption = 'scram-sha-256';
SELECT format('ALTER ROLE %I PASSWORD %L', role, password)
FROM (VALUES ('leads', :'leads_password'), ('sales', :'sales_password'),
             ('service', :'service_password'), ('notify', :'notify_password')) AS wanted (role, password)
\gexec

SELECT statement
FROM unnest(ARRAY['leads', 'sales', 'service', 'notify']) AS role,
     LATERAL (VALUES (format('GRANT CONNECT, TEMPORARY ON DATABASE lintel TO %I', role)),
                     (format('CREATE SCHEMA IF NOT EXISTS %I AUTHORIZATION %I', role, role)),
                     (format('ALTER ROLE %I IN DATABASE lintel SET search_path = %I', role, role)),
                     (format('ALTER ROLE %I IN DATABASE lintel SET idle_in_transaction_session_timeout = %L', role, '60s'))) AS wanted (statement)
\gexec
