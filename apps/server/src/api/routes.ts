import { type CivilDate, isCivilDate } from '@stayward/core'
import * as z from 'zod'
import type { DeliveryLog } from '../intake/delivery-log.ts'
import type { Replay } from '../intake/replay.ts'
import type { BrakeDesk } from '../persistence/brake-desk.ts'
import type { CodeDesk } from '../persistence/code-desk.ts'
import type { DoorDesk } from '../persistence/door-desk.ts'
import type { QrDesk } from '../persistence/qr-desk.ts'
import type { RestoreDesk } from '../persistence/memory/restore-desk.ts'
import { brakeRoutes } from './brake-routes.ts'
import { codeRoutes } from './code-routes.ts'
import { doorRoutes } from './door-routes.ts'
import { bodyOf, maskCode, maskMessage, maskReply } from './masking.ts'
import { Problem } from '../problem.ts'
import type { EventLine, ReadinessLine, ReadModel } from '../persistence/reads/read-model.ts'
import { qrRoutes } from './qr-routes.ts'
import { planRoute, type Preview } from './plan-route.ts'
import { restoreRoutes } from './restore-routes.ts'
import { defineRoute, type Route } from './route.ts'
import * as schema from './schemas.ts'

export interface ApiParts {
  readonly model: ReadModel
  readonly deliveries: DeliveryLog
  readonly replay: Replay
  readonly brake: BrakeDesk
  readonly codes: CodeDesk
  readonly doors: DoorDesk
  readonly qr: QrDesk
  readonly preview: Preview
  readonly restore: RestoreDesk
}

/** Copies: what the model lends may not be changed, what a schema takes may. */
const readinessOf = ({ doors, told, risks, ...rest }: ReadinessLine) => ({
  ...rest,
  doors: [...doors],
  told: [...told],
  risks: [...risks],
})
const eventOf = ({ data, ...event }: EventLine) => ({
  ...event,
  data: Object.fromEntries(
    Object.entries(data).map(([name, value]) => [name, typeof value === 'string' ? value : [...value]]),
  ),
})

const limit = z.coerce.number().int().min(1).max(200).default(50).meta({ description: 'Lines per page.' })
const after = z.string().max(500).exactOptional().meta({ description: '`next` of the page before.' })
const paging = { limit, after }
const civilDay = z
  .string()
  .refine((text): text is CivilDate => isCivilDate(text), 'has to be a day like 2026-07-10')
  .exactOptional()
const idParam = z.object({ id: z.string().max(100) })

/** Everything `/api/v1` offers. The router and the OpenAPI document are both made of this list. */
export function apiRoutes({
  model,
  deliveries,
  replay,
  brake,
  codes,
  doors,
  qr,
  preview,
  restore,
}: ApiParts): readonly Route[] {
  const noBooking = (): Problem => new Problem('not-found', { detail: 'No booking of this tenant has this id.' })
  const noDelivery = (): Problem => new Problem('not-found', { detail: 'No delivery of this tenant has this id.' })

  return [
    defineRoute({
      method: 'get',
      path: '/bookings',
      id: 'listBookings',
      summary: 'Bookings by arrival; find one by the booking system’s own id with ?ref=',
      query: z.object({
        ...paging,
        ref: z.string().max(100).exactOptional(),
        state: z.enum(['confirmed', 'cancelled', 'request', 'block']).exactOptional(),
        arrivalFrom: civilDay,
        arrivalUntil: civilDay,
      }),
      answer: schema.pageOf(schema.booking),
      handle: async ({ caller, query }) => {
        const { items, next } = await model.bookings(caller.tenantId, query)
        return { items: [...items], ...(next === undefined ? {} : { next }) }
      },
    }),
    defineRoute({
      method: 'get',
      path: '/bookings/{id}',
      id: 'readBooking',
      summary: 'A booking with its doors, codes and their evidence, messages and timeline',
      params: idParam,
      answer: schema.bookingDetail,
      handle: async ({ caller, params }) => {
        const found = await model.booking(caller.tenantId, params.id, caller.seePins)
        if (!found) throw noBooking()
        const { doors, codes, messages, replies, timeline, readiness, ...booking } = found
        return {
          ...booking,
          ...(readiness ? { readiness: readinessOf(readiness) } : {}),
          doors: [...doors],
          codes: codes.map((code) => maskCode(code, caller.seePins)),
          messages: messages.map((message) => maskMessage(message, caller.seePins)),
          replies: replies.map((reply) => maskReply(reply, caller.seePins)),
          timeline: [...timeline],
        }
      },
    }),
    defineRoute({
      method: 'get',
      path: '/bookings/{id}/timeline',
      id: 'readTimeline',
      summary: 'What happened about a booking and why, oldest first',
      params: idParam,
      answer: z.object({ items: z.array(schema.timelineLine) }),
      handle: async ({ caller, params }) => {
        const lines = await model.timeline(caller.tenantId, params.id)
        if (!lines) throw noBooking()
        return { items: [...lines] }
      },
    }),
    defineRoute({
      method: 'get',
      path: '/arrivals',
      id: 'listArrivals',
      summary: 'Guests who come within 72 hours: will they get in, and do they know how? The worst prepared first',
      query: z.object(paging),
      answer: schema.pageOf(schema.arrival),
      handle: async ({ caller, query }) => {
        const { items, next } = await model.arrivals(caller.tenantId, query)
        const lines = items.map((line) => ({ ...line, readiness: readinessOf(line.readiness) }))
        return { items: lines, ...(next === undefined ? {} : { next }) }
      },
    }),
    defineRoute({
      method: 'get',
      path: '/events',
      id: 'listEvents',
      summary:
        'What happened, oldest first, to be followed with `after`. What is younger than five seconds comes later',
      query: z.object({ ...paging, after: z.uuid().exactOptional(), type: z.string().max(100).exactOptional() }),
      answer: schema.pageOf(schema.event),
      handle: async ({ caller, query }) => {
        const { items, next } = await model.events(caller.tenantId, query)
        return { items: items.map(eventOf), ...(next === undefined ? {} : { next }) }
      },
    }),
    planRoute({ model, preview }),
    defineRoute({
      method: 'get',
      path: '/codes/{id}/history',
      id: 'readCodeHistory',
      summary: 'Every change of a code with its time, its cause and what was compared, oldest first; never a PIN',
      params: idParam,
      answer: z.object({ items: z.array(schema.codeTransition) }),
      handle: async ({ caller, params }) => {
        const lines = await model.codeHistory(caller.tenantId, params.id)
        if (!lines) throw new Problem('not-found', { detail: 'No code of this tenant has this id.' })
        return { items: lines.map((line) => ({ ...line, changed: [...line.changed], compared: [...line.compared] })) }
      },
    }),
    defineRoute({
      method: 'get',
      path: '/webhooks',
      id: 'listDeliveries',
      summary: 'The webhook log, newest first',
      query: z.object({
        ...paging,
        after: z.uuid().exactOptional(),
        status: z.enum(['accepted', 'ignored', 'quarantined', 'challenge']).exactOptional(),
        connection: z.uuid().exactOptional(),
        from: schema.moment.exactOptional(),
        until: schema.moment.exactOptional(),
      }),
      answer: schema.pageOf(schema.delivery),
      handle: async ({ caller, query: { connection, ...query } }) => {
        const connectionId = connection === undefined ? {} : { connectionId: connection }
        const { items, next } = await deliveries.list(caller.tenantId, { ...query, ...connectionId })
        return { items: [...items], ...(next === undefined ? {} : { next }) }
      },
    }),
    defineRoute({
      method: 'get',
      path: '/webhooks/{id}',
      id: 'readDelivery',
      summary: 'A delivery; what was sent is shown only to a key that may see PINs',
      params: idParam,
      answer: schema.deliveryDetail,
      handle: async ({ caller, params }) => {
        const found = caller.seePins
          ? await deliveries.open(caller.tenantId, params.id)
          : await deliveries.line(caller.tenantId, params.id).then((line) => line && { line })
        if (!found) throw noDelivery()
        if (!('head' in found) || !found.head || !found.body) return { ...found.line, contentShown: false }
        const { method, query, headers } = found.head
        const named = headers.map(([name, value]) => ({ name, value }))
        return { ...found.line, contentShown: true, method, query, headers: named, ...bodyOf(found.body) }
      },
    }),
    defineRoute({
      method: 'post',
      path: '/webhooks/{id}/replay',
      id: 'replayDelivery',
      summary: 'Looks again at what a delivery pointed at. Any number of times costs one look per key',
      params: idParam,
      answer: schema.replayed,
      handle: async ({ caller, params }) => {
        const done = await replay(caller.tenantId, { ids: [params.id] })
        if (done.deliveries === 0) throw noDelivery()
        return done
      },
    }),
    defineRoute({
      method: 'post',
      path: '/webhooks/replay',
      id: 'replayDeliveries',
      summary: 'Looks again at what the deliveries of a span of time pointed at',
      body: z.object({ from: schema.moment, until: schema.moment, connection: z.uuid().exactOptional() }),
      answer: schema.replayed,
      handle: ({ caller, body: { from, until, connection } }) =>
        replay(caller.tenantId, { from, until, ...(connection === undefined ? {} : { connectionId: connection }) }),
    }),
    defineRoute({
      method: 'get',
      path: '/looks',
      id: 'listLooks',
      summary: 'What came of the newest look at each thing that a webhook pointed at, newest first',
      query: z.object({ ...paging, ref: z.string().max(100).exactOptional() }),
      answer: schema.pageOf(schema.look),
      handle: async ({ caller, query }) => {
        const { items, next } = await model.looks(caller.tenantId, query)
        return { items: [...items], ...(next === undefined ? {} : { next }) }
      },
    }),
    defineRoute({
      method: 'get',
      path: '/connections',
      id: 'listConnections',
      summary: 'Connections with their health; never their configuration',
      answer: z.object({ items: z.array(schema.connection) }),
      handle: async ({ caller }) => ({ items: [...(await model.connections(caller.tenantId))] }),
    }),
    defineRoute({
      method: 'get',
      path: '/alerts',
      id: 'listAlerts',
      summary: 'What a person has to see to, newest first',
      query: z.object({ ...paging, state: z.enum(['open', 'closed', 'all']).default('open') }),
      answer: schema.pageOf(schema.alert),
      handle: async ({ caller, query }) => {
        const { items, next } = await model.alerts(caller.tenantId, query)
        return { items: [...items], ...(next === undefined ? {} : { next }) }
      },
    }),
    ...brakeRoutes(brake),
    ...codeRoutes(codes),
    ...doorRoutes(doors),
    ...qrRoutes(qr),
    ...restoreRoutes(restore),
  ]
}
