-- Configuration of afterward serve. Every key has a default.
return {
  hospital = "示范医院",                  -- as patients read it
  phone = "0571-12345678",                -- the follow-up centre, on every page and message foot
  zone = "Asia/Shanghai",
  base_url = "https://f.example.org",     -- where patients reach the pages
  state = "/var/lib/afterward",           -- one folder to back up
  scripts = "/usr/share/afterward/scripts",
  plugins = "/usr/share/afterward/plugins",
  listen = "127.0.0.1:8080",              -- behind a TLS proxy; name it in trusted_proxies
  trusted_proxies = "127.0.0.1",

  -- Who may use the API: nobody until tokens are given. Keep them in /etc/afterward/secrets (NAME=value lines, mode
  -- 0600), which the service reads as its environment; `openssl rand -hex 24` makes one.
  tokens = {
    -- { token = env "AFTERWARD_TOKEN_HIS", staff = "his", scopes = { "events" }, departments = "all" },
    -- { token = env "AFTERWARD_TOKEN_CENTRE", staff = "centre", scopes = { "staff", "read" }, departments = "all" },
  },

  -- How messages leave: docs/channels.md, and each plugin's README.md for its keys.
  channels = {
    log = {},                             -- the last resort of pages to staff: written to the log
    -- sms = { plugin = "log", show_text = true },   -- to try things out: texts to patients, too, are only written
  },

  -- FHIR at /fhir: the systems of the hospital's numbers (docs/connectors.md#fhir).
  -- fhir = { mrn = "https://hospital.example/mrn", visit = "https://hospital.example/visit" },

  quiet_hours = "21:00-08:00",
  contact_windows = "09:00-11:30,15:00-17:30,18:30-20:00",
  budget_day = 3, budget_week = 10,       -- questionnaires and notices a patient may get
  mass_limit = 500,                       -- messages of one text a day before a second person is asked
  photo_mb = 8,                           -- the largest photo that a patient page takes, up to 32
  overdue_role = "duty-officer",          -- the site's own ladder, behind all others
}
