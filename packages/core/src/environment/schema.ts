/** The manifest of an environment: what it may say. docs/environment.md is generated from here. */
import { Type, type Static, type TSchema } from '@sinclair/typebox';

import { LONGEST_IDLE_SECONDS } from '../lifecycle.js';
import { QUANTITY_PATTERN } from '../quantity.js';

export const MANIFEST_API_VERSION = 'datalayer.io/v1';
export const MANIFEST_KIND = 'RuntimeEnvironment';

/** An object that names what it does not know, as a warning. */
const Fields = <T extends Record<string, TSchema>>(properties: T, options: object = {}) =>
  Type.Object(properties, { additionalProperties: false, ...options });

const text = (description: string, options: object = {}) =>
  Type.String({ description, ...options });

/** One or several: a union would make every fault two faults. */
const OneOrMany = (description: string) =>
  Type.Unsafe<string | string[]>({
    type: ['string', 'array'],
    items: { type: 'string' },
    description
  });

const Quantity = Type.Unsafe<string | number>({
  type: ['string', 'number'],
  minimum: 0,
  pattern: QUANTITY_PATTERN,
  description: 'A Kubernetes quantity',
  remedy:
    'Write a number with a unit of Kubernetes: "500m" or "2" for cpu, "512Mi" or "4Gi" for memory.'
});

const Quantities = Type.Record(Type.String({ maxLength: 100 }), Quantity, {
  description: '`cpu`, `memory`, `ephemeral-storage`, `nvidia.com/gpu`, each a Kubernetes quantity'
});

/** A name that is a file's name, a pod's name and a path's segment alike. */
export const ENVIRONMENT_NAME_PATTERN = '^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,98}[A-Za-z0-9])?$';

const Variable = Fields({
  name: text('Name of the variable', {
    pattern: '^[A-Za-z_][A-Za-z0-9_]{0,199}$',
    remedy: 'Use letters, digits and underscores, and no digit at the beginning.'
  }),
  value: Type.Optional(
    Type.Unsafe<string | number | boolean>({
      type: ['string', 'number', 'boolean'],
      description: 'May hold `${VAR}`'
    })
  ),
  valueFrom: Type.Optional(
    Fields(
      {
        secretKeyRef: Type.Optional(
          Fields(
            {
              name: text("The secret's name"),
              key: text('The key within it'),
              optional: Type.Optional(Type.Boolean())
            },
            { description: 'A key of a Kubernetes secret' }
          )
        )
      },
      { description: 'Where the value comes from; for engines that keep secrets' }
    )
  )
});

const Content = Fields({
  name: text('What it is called'),
  mount: Type.Optional(
    text(
      'Where it appears: `~/data`, `data` (below the home folder), or `/home/jovyan/data` (the same). Default: the name'
    )
  ),
  permissions: Type.Optional(
    text('`ro` (read-only, the default) or `rw`', {
      enum: ['ro', 'rw', 'r', 'read-only', 'read-write'],
      remedy: 'Write ro or rw.'
    })
  ),
  source: Type.Optional(
    text(
      'What it is: the path of a folder, `git+https://…[@branch-or-tag]`, or `https://…` of one file. May hold `${VAR}`'
    )
  ),
  digest: Type.Optional(
    text('Of a file of the web: `sha256:` and 64 hexadecimal digits. Another content is refused', {
      pattern: '^sha256:[0-9a-f]{64}$',
      remedy: 'Write sha256: and the 64 lower-case digits that `sha256sum` gives for the file.'
    })
  )
});

const Snippet = Fields({
  title: text('What it is called'),
  description: Type.Optional(text('What it does')),
  code: text('The code')
});

const Range = Fields({
  requests: Type.Optional(Quantities),
  limits: Type.Optional(Quantities)
});

/** How processes of this machine run it. */
export const ProcessSchema = Fields(
  {
    python: Type.Optional(text('Path of a Python that has ipykernel. May hold `${VAR}`')),
    prefix: Type.Optional(
      text('Folder of a virtual or conda environment that has ipykernel. May hold `${VAR}`')
    ),
    kernelspec: Type.Optional(text("Name of a kernelspec that the service's Jupyter finds"))
  },
  {
    description:
      'How processes of this machine run it: one of the three. Not needed where the operator maps `dockerImage` (see images.yaml)'
  }
);
export type IProcessSpec = Static<typeof ProcessSchema>;

const Labels = Type.Record(
  Type.String(),
  Type.Unsafe<string | number | boolean>({ type: ['string', 'number', 'boolean'] }),
  { description: 'For programs; they come with the environment in the interface' }
);

const SpecSchema = Fields(
  {
    title: Type.Optional(text('What people read. Default: the name')),
    description: Type.Optional(text('Markdown, with images and task lists')),
    language: Type.Optional(text('Language of its kernel. Default: `python`')),
    owner: Type.Optional(
      text(
        'Who offers it; a word for people. Whose it is in the service, says the token that applies it'
      )
    ),
    visibility: Type.Optional(
      text(
        'Who sees an environment that a user applied: `private` (its owner, the default), `organization` or `public` (everybody on the service)',
        {
          enum: ['public', 'private', 'organization'],
          remedy: 'Write public, private or organization.'
        }
      )
    ),
    example: Type.Optional(OneOrMany('Link of a notebook that shows it, or several')),
    dockerImage: Type.Optional(text('The image that engines with images run. May hold `${VAR}`')),
    dockerRegistry: Type.Optional(text('The registry of the image')),
    process: Type.Optional(ProcessSchema),
    conda: Type.Optional(
      Fields({
        environment: Type.Optional(text('Name or folder of a conda environment of this machine')),
        lock: Type.Optional(
          text('Lock file that it is made from; for engines that make environments')
        )
      })
    ),
    kernel: Type.Optional(
      Fields({
        givenNameTemplate: Type.Optional(
          text(
            'What a runtime is called: any text; `{n}` counts, `{title}`, `{name}`, `{owner}`, `{date}` and `{time}` are filled in'
          )
        )
      })
    ),
    env: Type.Optional(Type.Array(Variable, { description: 'Environment variables' })),
    contents: Type.Optional(Type.Array(Content, { description: 'Files that a runtime finds' })),
    snippets: Type.Optional(
      Type.Array(Snippet, { description: 'Code that the environment offers' })
    ),
    resourcesRanges: Type.Optional(
      Type.Record(Type.String({ maxLength: 100 }), Range, {
        description:
          'Sizes by name; `default` is what one gets unasked. `requests` is what a runtime gets, `limits` the most that a launch can ask for'
      })
    ),
    icon: Type.Optional(text('URL or name of an icon')),
    tags: Type.Optional(Type.Array(Type.String(), { description: 'Words to find it by' })),
    reservation: Type.Optional(
      Fields({
        defaultMinutes: Type.Optional(
          Type.Number({ exclusiveMinimum: 0, maximum: 5_256_000, description: 'When nobody says' })
        ),
        maxMinutes: Type.Optional(
          Type.Number({
            exclusiveMinimum: 0,
            maximum: 5_256_000,
            description: 'Extensions included'
          })
        )
      })
    ),
    burningRate: Type.Optional(Type.Number({ minimum: 0, description: 'Credits per second' })),
    idle: Type.Optional(
      Fields({
        timeoutSeconds: Type.Optional(
          Type.Integer({
            minimum: 0,
            maximum: LONGEST_IDLE_SECONDS,
            description: 'Nobody used it for so long; 0: never'
          })
        ),
        action: Type.Optional(
          text('`pause` (the default) or `terminate`', {
            enum: ['pause', 'terminate'],
            remedy: 'Write pause or terminate.'
          })
        )
      })
    ),
    warm: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 20,
        description: "Runtimes kept started for the next launch. Default: the service's `--warm`"
      })
    ),
    enabled: Type.Optional(Type.Boolean({ description: 'false: as if it were not there' })),
    hidden: Type.Optional(Type.Boolean({ description: 'In no list, but it can be launched' })),
    deprecated: Type.Optional(Type.Boolean({ description: 'Shown as such' }))
  },
  { description: 'What it is' }
);

export const ManifestSchema = Fields({
  apiVersion: text(`\`${MANIFEST_API_VERSION}\``, {
    const: MANIFEST_API_VERSION,
    remedy: `Write apiVersion: ${MANIFEST_API_VERSION}.`
  }),
  kind: text(`\`${MANIFEST_KIND}\``, {
    const: MANIFEST_KIND,
    remedy: `Write kind: ${MANIFEST_KIND}.`
  }),
  metadata: Fields({
    name: text('Unique within the service: letters, digits, `-`, `_`, `.`; at most 100', {
      pattern: ENVIRONMENT_NAME_PATTERN,
      remedy:
        'Use letters, digits, dashes, underscores and dots, at most 100, with a letter or digit at both ends.'
    }),
    namespace: Type.Optional(text('For Kubernetes; not used otherwise')),
    labels: Type.Optional(Labels),
    annotations: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), { description: 'For Kubernetes' })
    )
  }),
  spec: SpecSchema
});
export type IManifest = Static<typeof ManifestSchema>;
export type IContentSpec = Static<typeof Content>;
export type IVariableSpec = Static<typeof Variable>;
