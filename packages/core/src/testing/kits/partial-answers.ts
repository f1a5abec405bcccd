import type { BookingVendor } from './subject.ts'

/** A vendor whose lists lie, and how many rows have been changed so far. */
export interface Damaged {
  readonly vendor: BookingVendor
  rows(): number
}

export const withoutLastRow = (vendor: BookingVendor): Damaged => damaged(vendor, (rows) => rows.slice(0, -1))
export const withoutRows = (vendor: BookingVendor): Damaged => damaged(vendor, () => [])
export const withRepeatedRow = (vendor: BookingVendor): Damaged =>
  damaged(vendor, (rows) => (rows.length < 2 ? rows : [...rows.slice(0, -1), rows[0]]))

/** Changes the longest list in every JSON answer and leaves the vendor's own counts as they are. */
function damaged(vendor: BookingVendor, change: (rows: readonly unknown[]) => readonly unknown[]): Damaged {
  let count = 0
  const respond = async (request: Request): Promise<Response> => {
    const response = await vendor.respond(request)
    const text = await response.text()
    const place = longestList(parsed(text))
    if (!place || !response.ok) return again(response, text)
    const [holder, key, rows] = place
    const left = change(rows)
    count += rows.length - new Set(left).size
    if (holder === undefined) return again(response, JSON.stringify(left))
    holder[key] = left
    return again(response, JSON.stringify(place[3]))
  }
  // A fake is often a class or keeps its functions' `this`: everything but `respond` stays its own.
  const wrapper = new Proxy(vendor, { get: (of, name) => (name === 'respond' ? respond : Reflect.get(of, name, of)) })
  return { vendor: wrapper, rows: () => count }
}

type Place = readonly [
  holder: Record<string, unknown> | undefined,
  key: string,
  rows: readonly unknown[],
  root: unknown,
]

function longestList(root: unknown): Place | undefined {
  let best: Place | undefined
  const visit = (value: unknown, holder: Record<string, unknown> | undefined, key: string): void => {
    if (Array.isArray(value)) {
      const rows: readonly unknown[] = value
      if (rows.length > (best?.[2].length ?? 0)) best = [holder, key, rows, root]
    } else if (typeof value === 'object' && value !== null) {
      for (const [name, inner] of Object.entries(value)) visit(inner, value as Record<string, unknown>, name) // a plain object
    }
  }
  visit(root, undefined, '')
  return best
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // not JSON, so there is no list to change in it
  }
}

function again(response: Response, text: string): Response {
  const bodiless = response.status === 204 || response.status === 304
  const headers = new Headers(response.headers)
  headers.delete('content-length')
  return new Response(bodiless ? null : text, { status: response.status, headers })
}
