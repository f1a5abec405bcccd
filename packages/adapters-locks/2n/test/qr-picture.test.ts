import { describe, expect, it } from 'vitest'
import { qrPicture } from '../src/qr-picture.ts'
import { open, pin, written } from './words.ts'

/** The dark modules of a picture, row by row, margin taken away. */
function modulesOf(svg: string): boolean[][] {
  const size = Number(/viewBox="0 0 (\d+) /.exec(svg)?.[1]) - 8
  const rows = Array.from({ length: size }, () => Array.from({ length: size }, () => false))
  const strokes = /stroke="#000000" d="([^"]+)"/.exec(svg)?.[1] ?? ''
  let [x, y] = [0, 0]
  for (const [, command, first, second] of strokes.matchAll(/([Mmh])(-?[\d.]+)(?: (-?[\d.]+))?/g)) {
    if (command === 'M') [x, y] = [Number(first), Math.floor(Number(second))]
    else if (command === 'm') [x, y] = [x + Number(first), y + Number(second ?? 0)]
    else {
      for (let n = 0; n < Number(first); n += 1) (rows[y - 4] ?? [])[x - 4 + n] = true
      x += Number(first)
    }
  }
  return rows
}

const masks: readonly ((row: number, column: number) => boolean)[] = [
  (r, c) => (r + c) % 2 === 0,
  (r) => r % 2 === 0,
  (_, c) => c % 3 === 0,
  (r, c) => (r + c) % 3 === 0,
  (r, c) => (Math.floor(r / 2) + Math.floor(c / 3)) % 2 === 0,
  (r, c) => ((r * c) % 2) + ((r * c) % 3) === 0,
  (r, c) => (((r * c) % 2) + ((r * c) % 3)) % 2 === 0,
  (r, c) => (((r + c) % 2) + ((r * c) % 3)) % 2 === 0,
]

/** What a camera reads from the smallest kind of QR code (21 × 21) that holds digits. */
function readByCamera(rows: readonly (readonly boolean[])[]): string {
  expect(rows).toHaveLength(21)
  const dark = (row: number, column: number) => rows[row]?.[column] === true
  const format = [0, 1, 2, 3, 4].map((column) => (dark(8, column) ? '1' : '0')).join('')
  const mask = masks[(parseInt(format, 2) ^ 0b10101) & 7] ?? (() => false)
  const isPattern = (r: number, c: number) => (r < 9 && (c < 9 || c > 12)) || (r > 12 && c < 9) || r === 6 || c === 6
  let bits = ''
  for (let right = 20, upwards = true; right > 0; right -= right === 8 ? 3 : 2, upwards = !upwards)
    for (let step = 0; step < 21; step += 1)
      for (const column of [right, right - 1]) {
        const row = upwards ? 20 - step : step
        if (!isPattern(row, column)) bits += dark(row, column) !== mask(row, column) ? '1' : '0'
      }
  const take = (length: number) => {
    const value = parseInt(bits.slice(0, length), 2)
    bits = bits.slice(length)
    return value
  }
  expect(take(4), 'digits').toBe(1)
  let text = ''
  for (let left = take(10); left > 0; left -= 3) {
    const count = Math.min(left, 3)
    text += String(take([0, 4, 7, 10][count] ?? 0)).padStart(count, '0')
  }
  return text
}

describe('a picture of the QR code', () => {
  it.each([pin, '482736150482', '1000000008'])('of %s is read as this PIN, and opens the door', async (one) => {
    const picture = await qrPicture(one, '2.47.0.60.6')
    if (picture.status !== 'drawn') throw new TypeError(picture.detail)
    expect(readByCamera(modulesOf(picture.svg))).toBe(one)
  })
  it('is a PNG big enough for a telephone, and an SVG', async () => {
    const picture = await qrPicture(pin, '3.1.0')
    if (picture.status !== 'drawn') throw new TypeError(picture.detail)
    const png = Buffer.from(picture.png)
    expect(png.subarray(1, 4).toString()).toBe('PNG')
    expect(png.readUInt32BE(16)).toBeGreaterThanOrEqual(600)
    expect(picture.svg).toMatch(/^<svg /)
    expect(picture.svg).not.toContain(pin) // the picture shows it, its text does not
  })
  it('is refused where the camera would not read it (trap 15)', async () => {
    for (const firmware of ['2.47.0.60.6', '2.30', '', 'unknown'])
      expect(await qrPicture('482736', firmware)).toMatchObject({
        status: 'refused',
        detail: expect.stringMatching(/ten digits.*firmware 3/),
      })
    expect((await qrPicture('482736', '3.1.0')).status).toBe('drawn')
  })
  it.each(['', '48273', '0482736150', 'https://evil.example', '4827361504826'])(
    '"%s" is no PIN of the hub',
    async (text) => {
      expect(await qrPicture(text, '3.1.0')).toMatchObject({ status: 'refused' })
    },
  )
})

describe('the device’s camera', () => {
  it.each([
    ['2.47.0', pin, true],
    ['2.47.0', '482736', false],
    ['3.1.0', '482736', true],
  ])('with firmware %s reads %s: %s', async (swVersion, one, opens) => {
    const opened = open()
    opened.vendor.state.swVersion = swVersion
    await written(opened, {
      mark: 'sw0a1b2c3d4e5f',
      label: '',
      pin: one,
      window: { from: opened.clock.now(), until: at(opened) },
    })
    expect(opened.vendor.enter(one, 'camera')).toBe(opens)
    expect(opened.vendor.enter(one, 'keypad')).toBe(true)
  })
})

const at = ({ clock }: ReturnType<typeof open>) => {
  const from = clock.now()
  clock.advance(86_400_000)
  const until = clock.now()
  clock.advance(-86_400_000)
  return from < until ? until : from
}
