import { type Call, type Instant, markIn, type Opening, parseInstant, unreadable } from '@stayward/core/adapter'
import { logPage, type NukiApi, vendor } from './nuki-api.ts'
import type { Auth, LogRow } from './nuki-shapes.ts'

/** Unlock, unlatch, lock 'n' go, lock 'n' go with unlatch. */
const openings = new Set([1, 3, 4, 5])
const success = 0
const keypad = { trigger: 255, source: 1 } as const
/** 2,500 rows; a lock that is opened every minute of a day writes 1,440. */
const mostPages = 50

/** Successful openings since an instant, oldest first; those by a keypad code name the code. */
export async function readOpenings(
  api: NukiApi,
  lockId: string,
  since: Instant,
  call: Call,
): Promise<readonly Opening[]> {
  const rows = (await rowsSince(api, lockId, since, call)).filter(
    ({ action, state }) => openings.has(action) && state === success,
  )
  // Rows often have no name: the list of codes says whose the number is.
  const codes = rows.some(isByCode) ? await api.listCodes(lockId, call) : []
  return rows.map((row) => openingOf(row, codes)).sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
}

interface DatedRow extends LogRow {
  readonly at: Instant
}

async function rowsSince(api: NukiApi, lockId: string, since: Instant, call: Call): Promise<readonly DatedRow[]> {
  const found = new Map<string, DatedRow>()
  let before: string | undefined
  for (let page = 0; page < mostPages; page += 1) {
    const rows = await api.readLog(lockId, since, before, call)
    const known = found.size
    let reached = rows.length < logPage // whatever the length asked for, a short page is the last one
    for (const row of rows) {
      const at = parseInstant(row.date)
      if (at === undefined) throw unreadable(vendor, { effect: 'read' }, '200 with a log whose dates are none')
      if (at >= since) found.set(row.id, { ...row, at })
      else reached = true
    }
    if (reached) return [...found.values()]
    if (found.size === known) break
    before = rows.at(-1)?.id
  }
  throw unreadable(vendor, { effect: 'read' }, 'with a log that does not end')
}

const isByCode = ({ trigger, source }: LogRow) => trigger === keypad.trigger || source === keypad.source

function openingOf(row: DatedRow, codes: readonly Auth[]): Opening {
  if (!isByCode(row)) return { at: row.at }
  const code = codes.find(
    ({ id, authId }) => row.authId != null && (row.authId === id || row.authId === String(authId)),
  )
  const mark = markIn(code?.name) ?? markIn(row.name)
  return {
    at: row.at,
    ...(code === undefined ? {} : { vendorRef: code.id }),
    ...(mark === undefined ? {} : { mark }),
  }
}
