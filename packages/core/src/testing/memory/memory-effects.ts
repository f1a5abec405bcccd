import type { Instant } from '../../domain/instant.ts'
import { type Alert, type Effects, LeaseLost } from '../../ports/stores.ts'
import type { Look, Mark } from '../../ports/work-queue.ts'
import type { MemoryQueue } from './memory-queue.ts'
import type { MemoryState } from './memory-state.ts'

/** Refuses a save under an older fence than the key has seen, and one about something that is no longer there. */
export function checkFence(state: MemoryState, look: Look): void {
  if (!takeFence(state, look)) throw new LeaseLost(`A newer look has saved ${look.kind}:${look.key}.`)
}

/** Whether no newer look has the fence, and there is something to save about; then it is this look's. */
export function takeFence(state: MemoryState, { kind, key, fence }: Look): boolean {
  if (kind === 'fetch') return true // its bookings carry the fence
  const name = `${kind}:${key}`
  if (!isThere(state, kind, key) || (state.fences.get(name) ?? 0) > fence) return false
  state.fences.set(name, fence)
  return true
}

function isThere(state: MemoryState, kind: Exclude<Look['kind'], 'fetch'>, key: string): boolean {
  switch (kind) {
    case 'connection':
    case 'probe':
      return state.connections.has(key)
    case 'booking':
    case 'messages':
      return state.bookings.has(key)
    case 'device':
      return state.devices.has(key)
    case 'alarms':
      return true
  }
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
    const { bookingId, kind, text } = entry
    if (!state.bookings.has(bookingId)) continue
    const said = state.saidLast.get(bookingId) ?? new Map<string, string>()
    if (said.get(kind) === text) continue
    state.saidLast.set(bookingId, said.set(kind, text))
    state.timeline.push({ ...entry, at: now })
  }
  const paged = raise.map((alert) => raiseAlert(state, alert, now, kit.newId)).includes(true)
  for (const settled of settle) closeAlert(state, settled, now)
  for (const event of events) state.events.push({ ...event, at: now })
  const alarms: Mark[] = paged ? [{ kind: 'alarms', key: 'all', why: 'step' }] : []
  kit.queue.put(kit.tenantId, [...marks, ...also, ...alarms], timers, now)
}

/** Whether the operator has to be told of it now. */
function raiseAlert(state: MemoryState, alert: Alert, now: Instant, newId: () => string): boolean {
  const index = state.openAlerts.get(nameOf(alert)) ?? -1
  const open = state.alerts[index]
  if (!open) {
    state.openAlerts.set(nameOf(alert), state.alerts.length)
    state.alerts.push({ ...alert, id: newId(), openedAt: now })
    return alert.loud === 'page'
  }
  // An alert that has once called a person does not fall silent before its cause has ended.
  const loud = louder.indexOf(open.loud) > louder.indexOf(alert.loud) ? open.loud : alert.loud
  state.alerts[index] = { ...open, ...alert, loud }
  return open.loud !== 'page' && alert.loud === 'page'
}

const louder: readonly Alert['loud'][] = ['warn', 'urgent', 'page']

function closeAlert(state: MemoryState, settled: Pick<Alert, 'kind' | 'subject'>, now: Instant): void {
  if (state.openAlerts.size === 0) return
  const index = state.openAlerts.get(nameOf(settled)) ?? -1
  const alert = state.alerts[index]
  if (!alert) return
  state.alerts[index] = { ...alert, closedAt: now }
  state.openAlerts.delete(nameOf(settled))
}

const nameOf = ({ kind, subject }: Pick<Alert, 'kind' | 'subject'>) => `${kind} ${subject}`
