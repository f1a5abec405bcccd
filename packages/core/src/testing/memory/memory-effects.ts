import type { Instant } from '../../domain/instant.ts'
import { type Alert, type Effects, LeaseLost } from '../../ports/stores.ts'
import type { Look, Mark } from '../../ports/work-queue.ts'
import type { MemoryQueue } from './memory-queue.ts'
import type { MemoryState } from './memory-state.ts'

/** Refuses a save under an older fence than the key has seen, and one about something that is no longer there. */
export function checkFence(state: MemoryState, { kind, key, fence }: Look): void {
  if (kind === 'fetch') return // its bookings carry the fence
  const there = {
    connection: () => state.connections.has(key),
    probe: () => state.connections.has(key),
    booking: () => state.bookings.has(key),
    messages: () => state.bookings.has(key),
    device: () => state.devices.has(key),
    alarms: () => true,
  }[kind]
  const name = `${kind}:${key}`
  if (!there() || (state.fences.get(name) ?? 0) > fence) throw new LeaseLost(`A newer look has saved ${kind}:${key}.`)
  state.fences.set(name, fence)
}

export interface EffectsKit {
  readonly tenantId: string
  readonly queue: MemoryQueue
  readonly newId: () => string
}

/** What every save may do besides. */
export function applyEffects(state: MemoryState, effects: Effects, kit: EffectsKit, also: readonly Mark[] = []): void {
  const { now, timeline = [], raise = [], settle = [], marks = [], timers = [], events = [] } = effects
  for (const entry of timeline) {
    if (!state.bookings.has(entry.bookingId)) continue
    const last = state.timeline.findLast(({ bookingId, kind }) => bookingId === entry.bookingId && kind === entry.kind)
    if (last?.text !== entry.text) state.timeline.push({ ...entry, at: now })
  }
  const paged = raise.map((alert) => raiseAlert(state, alert, now, kit.newId)).includes(true)
  for (const { kind, subject } of settle) closeAlert(state, kind, subject, now)
  for (const event of events) state.events.push({ ...event, at: now })
  const alarms: Mark[] = paged ? [{ kind: 'alarms', key: 'all', why: 'step' }] : []
  kit.queue.put(kit.tenantId, [...marks, ...also, ...alarms], timers, now)
}

/** Whether the operator has to be told of it now. */
function raiseAlert(state: MemoryState, alert: Alert, now: Instant, newId: () => string): boolean {
  const index = state.alerts.findIndex(
    ({ kind, subject, closedAt }) => kind === alert.kind && subject === alert.subject && closedAt === undefined,
  )
  const open = state.alerts[index]
  if (!open) {
    state.alerts.push({ ...alert, id: newId(), openedAt: now })
    return alert.loud === 'page'
  }
  // An alert that has once called a person does not fall silent before its cause has ended.
  const loud = louder.indexOf(open.loud) > louder.indexOf(alert.loud) ? open.loud : alert.loud
  state.alerts[index] = { ...open, ...alert, loud }
  return open.loud !== 'page' && alert.loud === 'page'
}

const louder: readonly Alert['loud'][] = ['warn', 'urgent', 'page']

function closeAlert(state: MemoryState, kind: Alert['kind'], subject: string, now: Instant): void {
  for (const [index, alert] of state.alerts.entries()) {
    if (alert.kind === kind && alert.subject === subject && alert.closedAt === undefined)
      state.alerts[index] = { ...alert, closedAt: now }
  }
}
