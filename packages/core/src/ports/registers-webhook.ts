import type { Call } from './call.ts'

/** What a provider adds whose vendor takes the address of its webhooks through its API. */
export interface RegistersWebhook {
  /**
   * Has the vendor call `address`, an https URL: a person's act, once per connection. What was registered for the same
   * address before is replaced. Answers the fields of the connection's configuration that come of it, such as a secret that
   * is shown this once. Throws `AdapterError`.
   */
  registerWebhook?(address: string, call: Call): Promise<Readonly<Record<string, unknown>>>
}
