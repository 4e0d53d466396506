-- The role that workers read with. Run as the owner of the read models, in their database:
--     psql -v password=SECRET -f deploy/postgres-roles.sql
-- Their schema is `public`; for another one: -v schema=NAME (and set `postgres.search-path`).
\set ON_ERROR_STOP on
\if :{?schema}
\else
\set schema public
\endif
begin;
create role freshet login password :'password' connection limit 100;
grant usage on schema :"schema" to freshet;
-- Narrower is better: a grant on each table and view that the graph's SQL names is enough.
grant select on all tables in schema :"schema" to freshet;
alter default privileges in schema :"schema" grant select on tables to freshet;
commit;
