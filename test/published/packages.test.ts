import { join } from 'node:path'
import { describe, expect, inject, it } from 'vitest'
import { root, run } from './pack.ts'

const tool = (name: string) => join(root, 'node_modules/.bin', name)

describe.each(Object.entries(inject('tarballs')))('%s, as it is published,', (_name, tarball) => {
  it('has a package.json that says what is in it', () => {
    run(tool('publint'), ['run', tarball, '--strict'], root, process.env)
  })

  it('holds its code and nothing that an earlier build has left', () => {
    const files = run('tar', ['--list', '--file', tarball], root, process.env)
    expect(files).toMatch(/^package\/dist\/.+\.js$/m)
    expect(files).not.toContain('left-over')
  })

  it('has types that fit its code, for everyone who imports modules', () => {
    run(tool('attw'), [tarball, '--profile', 'esm-only', '--no-emoji'], root, process.env)
  })
})
