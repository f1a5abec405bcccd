import type { Deviation } from './deviation.ts'

/** The description is of v23.0, November 2025, and thin beside Meta's own pages; see docs/vendors/whatsapp.md. */
export const whatsApp: readonly Deviation[] = [
  {
    at: /query\/appsecret_proof is not described/,
    why: 'Of every call of the Graph API; described apart from its parts.',
  },
  { at: /query\/(after|fields|limit) is not described/, why: 'Paging and fields, as of every list of the Graph API.' },
  {
    at: /status (400|401|403|404|429|500|502|503) is not described/,
    why: 'Errors are a page of their own in the documentation; 429 and 502 were seen by others.',
  },
  {
    at: /answer 200\/data\/\*\/parameter_format is not described|answer 200\/paging\/next is not described/,
    why: 'Both are documented; named parameters came after the description.',
  },
  {
    at: /subscribed_apps · answer 200\/data\/\*\/whatsapp_business_api_data is not described/,
    why: 'The documentation wraps each app in it; the adapter only counts them.',
  },
  { at: /answer 200\/contacts\/\*\/user_id is not described/, why: 'Documented in 2026: people may have no number.' },
  {
    at: /answer 200\/success is not described/,
    why: 'The answer to a read mark, which shares the address of messages.',
  },
  {
    at: /messages · request(\/\S+)? (must have required property|must match exactly one schema|must be one of the described words|is not described)/,
    why: 'One schema for each kind of message, and none knows `biz_opaque_callback_data` or the read mark, which are documented: so every kind is reported as not fitting, and requests of messages are held against the documentation by the package’s own tests alone.',
  },
]
