import type { Deviation } from './deviation.ts'

/** The description is of June 2025; what the live service answered later is in docs/vendors/hospitable.md. */
export const hospitable: readonly Deviation[] = [
  {
    at: /status (401|403|404|422|429|502) is not described/,
    why: 'The description names 200 only for most operations; errors are in the documentation and in live notes.',
  },
  {
    at: /^POST \/reservations\/\{uuid\}\/messages · status 202 is not described/,
    why: 'Newer documentation answers 202; the description still says 201. The adapter takes every 2xx.',
  },
  {
    at: /\/links\/next must be string/,
    why: 'The last page has none: null, as Laravel makes it.',
  },
  { at: /\/meta\/(from|to) must be integer/, why: 'Null on an empty page, as Laravel makes it.' },
  {
    at: /\/(last_message_at|sub_category|public_name|address\/state|data\/company) must be string/,
    why: 'Null in live answers; the description forgets that.',
  },
  { at: /\/sub_category must be one of the described words/, why: 'Null while there is none (live).' },
  {
    at: /\/reservation_status\/(current|history\/\*)\/category must be one of the described words/,
    why: '`checkpoint` is undocumented and was seen live; an unknown word is played as well.',
  },
  {
    at: /\/data\/\*?\/?(code|stay_type|issue_alert|note) is not described/,
    why: 'Added by the changelog or seen live after the description was exported.',
  },
  { at: /\/guest\/language is not described/, why: 'Seen live, two letters.' },
  { at: /\/guest must be object/, why: 'Null for stays without a guest (live).' },
  {
    at: /\/platform_id must be (string|integer)/,
    why: 'A number or text, in reservations as in messages: live answers and the description disagree, so both are played.',
  },
  {
    at: /must have required property '(amenities|description|summary|room_details|house_rules|listings)'/,
    why: 'Long texts and lists of a property that no adapter reads; the fake leaves them out.',
  },
  {
    at: /(must have required property 'check-(in|out)'|\/check(in|out) is not described)/,
    why: 'Live answers spell the default times without the hyphen; the fake plays both.',
  },
  {
    at: /\/messages · answer 200\/data\/\*\/(id|reactions|source|integration|sent_reference_id) is not described/,
    why: 'Seen live, or added by the changelog of July and August 2025.',
  },
  {
    at: /answer 200\/data\/(\*\/)?(properties|reservation_status) must be (array|object)|properties\/\* must have required property|\/arrival_date must match format|\/id must match format "uuid"|answer 200 must have required property 'data'/,
    why: 'A test plays a service whose answers changed their shape.',
  },
  {
    at: /^webhook (Reservation|Property|Review) · \/data must (have required property|be object)/,
    why: 'Fixtures of what public code received or newer examples show: changed fields alone, a list, the id alone.',
  },
  { at: /^webhook Reservation · \/triggers must be/, why: 'Text or a list, and with newer words; both were seen.' },
  { at: /^webhook Message · \/data\/sender_role must be string/, why: 'Null where a guest wrote.' },
  {
    at: /^webhook webhook-\S+\.json · is not described/,
    why: 'Actions that only public code knows, and one nobody knows.',
  },
]
