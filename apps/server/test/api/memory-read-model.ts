import type { Instant } from '@stayward/core'
import type { BookingDetail, EventLine, ReadinessLine, ReadModel } from '../../src/persistence/reads/read-model.ts'

const at = '2026-07-01T10:00:00.000Z' as Instant // has the shape of one

export const pin = '482913'
export const text = `Your code is ${pin}.`

const ready: ReadinessLine = {
  level: 'at-risk',
  doors: [{ id: 'd1', name: 'Street door', level: 'ready', evidence: 'confirmed', readAt: at, ageSeconds: 60 }],
  told: [{ channel: 'inbox', kind: 'door-code', at, proof: 'accepted', reports: false }],
  risks: [{ code: 'delivery-not-reported', level: 'at-risk', text: 'Nobody knows.', remedy: 'Ask the guest.' }],
}
export const event: EventLine = {
  id: '019a0000-0000-7000-8000-00000000000e',
  type: 'readiness.worse',
  subject: 'booking:019a0000-0000-7000-8000-000000000001',
  at,
  data: { level: 'at-risk', was: 'ready', because: ['delivery-not-reported'] },
}

/** A stay of a made-up guest with one door, one code and one message. */
export const stay: BookingDetail = {
  id: '019a0000-0000-7000-8000-000000000001',
  ref: '90210002',
  connection: { id: 'c1', name: 'smoobu' },
  state: 'confirmed',
  arrival: '2026-07-10',
  departure: '2026-07-12',
  unit: { id: 'u1', slug: 'flat-1', name: 'Flat 1', property: 'House' },
  guest: { name: 'Ada Example', language: 'en' },
  knownSince: at,
  updatedAt: at,
  access: { status: 'granted', window: { from: at, until: at } },
  readiness: ready,
  doors: [{ id: 'd1', slug: 'street', name: 'Street door', kind: 'device', deviceId: 'k1' }],
  codes: [
    {
      id: 'k',
      doors: ['Street door'],
      device: { id: 'k1', name: 'Lock' },
      pin,
      window: { from: at, until: at },
      want: 'present',
      evidence: 'confirmed',
      provenAt: at,
    },
  ],
  messages: [{ id: 'm', channel: 'inbox', kind: 'door-code', state: 'accepted', text, createdAt: at }],
  replies: [{ channel: 'sms', at: '2026-07-09T18:02:11.000Z' as Instant, text: 'Is 4711 the code?', optsOut: false }],
  timeline: [{ id: 't', at, kind: 'told', text: 'The guest was told.' }],
}

/** One tenant's memory in memory, which opens PINs only when asked to, as the real one does. */
export function memoryReadModel(tenantId: () => string): ReadModel {
  const mine = (asked: string): boolean => asked === tenantId()
  return {
    bookings: async (tenant, { ref, state, arrivalFrom, arrivalUntil, limit, after }) => {
      const { doors: _doors, codes: _codes, messages: _messages, timeline: _timeline, ...line } = stay
      const fits =
        mine(tenant) &&
        (ref === undefined || line.ref === ref) &&
        (state === undefined || line.state === state) &&
        (arrivalFrom === undefined || (line.arrival ?? '') >= arrivalFrom) &&
        (arrivalUntil === undefined || (line.arrival ?? '') <= arrivalUntil)
      return {
        items: fits && after === undefined ? [line] : [],
        ...(fits && limit === 1 && after === undefined ? { next: 'more' } : {}),
      }
    },
    booking: async (tenant, id, seePins) => {
      if (!mine(tenant) || id !== stay.id) return undefined
      if (seePins) return stay
      return {
        ...stay,
        codes: stay.codes.map(({ pin: _, ...code }) => code),
        messages: stay.messages.map(({ text: _, ...message }) => message),
      }
    },
    timeline: async (tenant, id) => (mine(tenant) && id === stay.id ? stay.timeline : undefined),
    codeHistory: async (tenant, id) => {
      if (!mine(tenant) || id !== 'k') return undefined
      const became = { want: 'present', evidence: 'planned', from: at, until: at } as const
      return [{ id: 'n', at, became, changed: ['made'], cause: 'booking', bookingVersion: 1, compared: [] }]
    },
    connections: async () => [
      { id: 'c1', name: 'smoobu', adapter: 'smoobu', port: 'booking', state: 'active', lastTest: { at, ok: true } },
    ],
    looks: async () => ({
      items: [
        {
          connection: { id: 'c1', name: 'smoobu' },
          ref: '1',
          outcome: 'not-found',
          text: 'Smoobu knows no booking 1.',
          at,
        },
      ],
    }),
    arrivals: async (tenant, { limit, after }) => {
      const { doors: _doors, codes: _codes, messages: _messages, timeline: _timeline, ...line } = stay
      return {
        items: mine(tenant) && after === undefined ? [{ ...line, readiness: ready }] : [],
        ...(mine(tenant) && limit === 1 && after === undefined ? { next: 'more' } : {}),
      }
    },
    events: async (tenant, { type }) =>
      mine(tenant) && (type === undefined || type === event.type) ? { items: [event], next: event.id } : { items: [] },
    syncScope: async (tenant, what) => {
      const bookings = 'all' in what || ('booking' in what && what.booking === stay.ref) ? [stay] : []
      const devices =
        'all' in what || ('device' in what && what.device === 'Lock')
          ? [{ id: 'k1', name: 'Lock', connectionId: 'c2' }]
          : []
      return mine(tenant) && bookings.length + devices.length > 0 ? { bookings, devices } : undefined
    },
    alerts: async (_tenant, { state }) => ({
      items:
        state === 'closed'
          ? []
          : [{ id: 'a', kind: 'arrival', subject: 'booking:1', text: 't', remedy: 'r', loud: 'page', openedAt: at }],
    }),
  }
}
