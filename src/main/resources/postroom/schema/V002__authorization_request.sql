-- What somebody began and has not finished yet, and what came of it. Secrets are sealed; a state and a
-- browser are known by their hashes.
create table authorization_request (
  id               bigint primary key,
  service_id       bigint  not null,
  method           text    not null,           -- browser, device
  state_hash       text    unique,             -- browser: answers once
  browser_hash     text,                       -- browser: the cookie, where the console began it
  secret           text    not null,           -- sealed: the PKCE verifier, or the device code
  nonce            text,                       -- browser
  user_code        text,                       -- device
  verification_uri text,                       -- device
  poll_seconds     integer,                    -- device
  account          text,                       -- may sign in although it is not the login
  begun_by         text    not null,
  begun_at         bigint  not null,
  expires_at       bigint  not null,
  used_at          bigint,
  ticket           text    not null unique,    -- names the page that shows what came of it
  outcome          text                        -- JSON, without tokens
);
create index authorization_request_service on authorization_request (service_id, id);
