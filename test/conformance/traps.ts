/** A trap of a vendor, as docs/vendors/<vendor>.md numbers it. */
export interface Trap {
  readonly number: number
  readonly text: string
  /** Why no test meets it, where the page says so. */
  readonly untested?: string
}

/** The numbered list under `## Traps, and where they are tested`. An item that ends in `Not tested: …` gives the reason. */
export function trapsIn(page: string): readonly Trap[] {
  const section = /^## Traps, and where they are tested$(.*?)(?=^## |\s*$(?![\s\S]))/ms.exec(page)?.[1] ?? ''
  const items = section.split(/^(?=\d+\. )/m).filter((item) => /^\d+\. /.test(item))
  return items.map((item) => {
    const [, number = '', rest = ''] = /^(\d+)\. (.*)$/s.exec(item) ?? []
    const [text = '', untested] = rest
      .replaceAll(/\s+/g, ' ')
      .trim()
      .split(/\s*Not tested: /)
    return { number: Number(number), text, ...(untested === undefined ? {} : { untested }) }
  })
}

/** Numbers of the traps that a test's name says it meets: `trap 3: …`, `… (traps 4 and 11)`. */
export function trapsMet(testName: string): readonly number[] {
  return [...testName.matchAll(/\btraps? (\d+(?:(?:, | and )\d+)*)/g)].flatMap(([, list = '']) =>
    [...list.matchAll(/\d+/g)].map(Number),
  )
}
