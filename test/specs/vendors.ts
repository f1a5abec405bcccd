import { beds24 } from './deviations/beds24.ts'
import type { Deviation } from './deviations/deviation.ts'
import { hospitable } from './deviations/hospitable.ts'
import { nuki } from './deviations/nuki.ts'
import { whatsApp } from './deviations/whatsapp.ts'

/** A vendor that publishes an OpenAPI file, and the package that has to agree with it. */
export interface DescribedVendor {
  readonly vendor: string
  /** The adapter's folder below `packages`. */
  readonly folder: string
  readonly file: string
  readonly host: string
  /** What comes before an operation's path in an address. */
  readonly basePath: string
  readonly deviations: readonly Deviation[]
  /** A description of the vendor's webhooks, and which of them a body is. */
  readonly webhooks?: { readonly file: string; readonly nameOf: (action: string) => string | undefined }
}

/** Smoobu, The Keys, SMSFactor and 2N publish none; mail has none. */
export const describedVendors: readonly DescribedVendor[] = [
  {
    vendor: 'Hospitable',
    folder: 'adapters-booking/hospitable',
    file: 'hospitable.json',
    host: 'public.api.hospitable.com',
    basePath: '/v2',
    deviations: hospitable,
    webhooks: { file: 'hospitable.webhooks.json', nameOf: (action) => webhookNames[action] },
  },
  {
    vendor: 'Beds24',
    folder: 'adapters-booking/beds24',
    file: 'beds24.yaml',
    host: 'api.beds24.com',
    basePath: '/v2',
    deviations: beds24,
  },
  {
    vendor: 'Nuki',
    folder: 'adapters-locks/nuki',
    file: 'nuki.json',
    host: 'api.nuki.io',
    basePath: '',
    deviations: nuki,
  },
  {
    vendor: 'WhatsApp',
    folder: 'adapters-messaging/whatsapp',
    file: 'whatsapp.yaml',
    host: 'graph.facebook.com',
    basePath: '',
    deviations: whatsApp,
  },
]

const webhookNames: Readonly<Record<string, string>> = {
  'reservation.created': 'Reservation',
  'reservation.changed': 'Reservation',
  'property.created': 'Property',
  'property.changed': 'Property',
  'property.deleted': 'Property Deleted',
  'property.merged': 'Property Merged',
  'message.created': 'Message',
  'review.created': 'Review',
  'integration.disconnected': 'Integration Disconnected',
}
