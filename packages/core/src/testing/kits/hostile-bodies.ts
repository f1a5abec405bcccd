import { draw } from '../../ports/entropy.ts'
import { seededEntropy } from './open-subject.ts'

/** A word that stands in every hostile body and must not come back in a verdict's words. */
export const planted = 'Planted-Name-8431'

const utf8 = (text: string) => new TextEncoder().encode(text)
const deep = 10_000

/** What strangers and broken senders POST: each with a name for the test's output. */
const fixed: readonly (readonly [string, Uint8Array])[] = [
  ['nothing', new Uint8Array()],
  ['a space', utf8(' ')],
  ['null', utf8('null')],
  ['a number', utf8('1e999')],
  ['a text', utf8(`"${planted}"`)],
  ['an empty list', utf8('[]')],
  ['an empty object', utf8('{}')],
  ['not JSON', utf8(`<xml>${planted}</xml>`)],
  ['a form', utf8(`data=%7B%22id%22%3A1%7D&name=${planted}&%ZZ=%E0%A4%A`)],
  ['a byte order mark', Uint8Array.of(0xef, 0xbb, 0xbf, ...utf8('{"id":1}'))],
  [
    'UTF-16',
    Uint8Array.from(
      utf8('{"id":1}')
        .values()
        .flatMap((byte) => [byte, 0]),
    ),
  ],
  ['bytes that are no UTF-8', Uint8Array.of(0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0xff, 0xfe, 0x7d)],
  ['a half surrogate', utf8('{"action":"\\ud800","id":"\\udfff"}')],
  ['lists 10,000 deep', utf8('['.repeat(deep) + ']'.repeat(deep))],
  ['objects 10,000 deep', utf8('{"data":'.repeat(deep) + '1' + '}'.repeat(deep))],
  ['an unclosed depth', utf8('[{"a":'.repeat(deep))],
  ['a prototype', utf8(`{"__proto__":{"polluted":"${planted}"},"constructor":{"prototype":{"polluted":1}}}`)],
  ['a nested prototype', utf8('{"data":{"__proto__":{"polluted":1},"id":1},"booking":{"__proto__":null}}')],
  ['keys twice', utf8('{"id":1,"id":"2","id":null}')],
  ['numbers as text', utf8('{"id":"00012","user":"4711","status":"3","data":{"id":"90210001"}}')],
  ['numbers beyond all measure', utf8('{"id":1e400,"user":-0,"data":{"id":9007199254740993123456789}}')],
  ['functions of objects', utf8('{"toString":1,"valueOf":2,"hasOwnProperty":3,"then":4,"length":-1}')],
  ['a megabyte of text', utf8(`{"data":"${'x'.repeat(990_000)}"}`)],
  ['a megabyte of rows', utf8(`[${'{"id":1},'.repeat(109_000)}{"id":1}]`)],
  ['a path as an id', utf8(`{"id":"../../etc/passwd","data":{"id":"../me?x=${planted}"},"booking":{"id":"a b\\n"}}`)],
  ['an id of a thousand letters', utf8(`{"id":"${'9'.repeat(1000)}","data":{"id":"${'z'.repeat(1000)}"}}`)],
  ['dates that are none', utf8('{"date":"0000-00-00","at":"yesterday","data":{"id":1,"arrival":"2026-02-30"}}')],
  ['zero bytes', utf8('{"id":"a\\u0000b"}\0\0')],
]

const values: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e21,
  '',
  ' ',
  planted,
  '12',
  '2026-13-45T99:99:99Z',
  '\u0000\uD800',
  [],
  [[]],
  {},
  { id: {} },
  ['x'],
]
const names = [
  'id',
  'data',
  'action',
  'user',
  'booking',
  'status',
  'message_id',
  'key',
  'type',
  'date',
  'from',
  'at',
  '__proto__',
]

/** At least `count` bodies, the same every time: fixed ones, random JSON, and genuine ones cut, flipped and retyped. */
export function hostileBodies(count: number, genuine: readonly string[]): readonly (readonly [string, Uint8Array])[] {
  const entropy = seededEntropy(11)
  const pick = <T>(list: readonly T[]): T | undefined => list[draw(entropy, Math.max(1, list.length))]
  const anything = (depth: number): unknown => {
    if (depth === 0 || draw(entropy, 3) === 0) return pick(values)
    // JSON.parse makes own properties even of "__proto__", as a receiver would see them.
    const fields = Array.from(
      { length: draw(entropy, 5) },
      () => `${JSON.stringify(pick(names))}:${JSON.stringify(anything(depth - 1))}`,
    )
    return JSON.parse(`{${fields.join(',')}}`)
  }
  const damaged = (body: string): Uint8Array => {
    const bytes = utf8(body)
    const at = draw(entropy, Math.max(1, bytes.length))
    switch (draw(entropy, 4)) {
      case 0:
        return bytes.subarray(0, at)
      case 1:
        return bytes.map((byte, index) => (index === at ? byte ^ (1 << draw(entropy, 8)) : byte))
      case 2:
        return Uint8Array.of(...bytes.subarray(0, at), 0xff, 0xc0, ...bytes.subarray(at))
      default:
        return utf8(retyped(body, () => pick(values)))
    }
  }
  const random = Array.from({ length: Math.max(0, count - fixed.length) }, (_, n): readonly [string, Uint8Array] => {
    const original = n % 2 === 0 ? pick(genuine) : undefined
    if (original !== undefined) return [`a genuine one, damaged (${n})`, damaged(original)]
    return [`random JSON (${n})`, utf8(JSON.stringify(anything(4)) ?? '')]
  })
  return [...fixed, ...random]
}

/** The same JSON with about one value in three replaced. */
function retyped(body: string, value: () => unknown): string {
  let n = 0
  try {
    return JSON.stringify(JSON.parse(body, (_, old: unknown) => (++n % 3 === 0 ? value() : old))) ?? ''
  } catch {
    return body.replaceAll(/\d+/g, '"x"') // a genuine body need not be JSON
  }
}
