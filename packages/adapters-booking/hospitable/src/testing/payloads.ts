/** The envelope of Hospitable's webhooks (docs/vendors/hospitable.md, webhooks). */
export interface HospitablePayload {
  readonly id: string
  readonly data: unknown
  readonly action: string
  readonly triggers?: string | readonly string[]
  /** `2026-05-02T08:15:20Z` */
  readonly created: string
  readonly version: string
}

/** Every action that is documented. */
export const hospitableActions = [
  'reservation.created',
  'reservation.changed',
  'property.created',
  'property.changed',
  'property.deleted',
  'property.merged',
  'message.created',
  'review.created',
  'integration.disconnected',
] as const

export interface PayloadParts {
  readonly id: string
  readonly created: string
  readonly triggers?: string | readonly string[]
}

export function hospitablePayload(action: string, data: unknown, parts: PayloadParts): HospitablePayload {
  const { id, created, triggers } = parts
  return { id, data, action, ...(triggers === undefined ? {} : { triggers }), created, version: 'v2' }
}

/** JSON as PHP writes it: `\/` for a slash and `\u00e9` for everything beyond ASCII. */
export function phpJson(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll('/', '\\/')
    .replaceAll(/[^\x20-\x7e]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
