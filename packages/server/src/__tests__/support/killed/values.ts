/** Variables that belong together: a namespace has all of one generation, or it is half restored. */

/** The names that move. */
export const NAMES = ['gen', 'marks', 'alias', 'told', 'Box', 'box', 'big', 'size'];

/** A cell that gives every name its value. @param bytes Of the biggest. */
export const cellFor = (generation: number, bytes: number): string => `
import random
gen = ${generation}
marks = alias = [gen, gen]
exec("def told(): return ${generation}")
class Box:
    pass
box = Box()
box.gen = gen
big = random.Random(gen).randbytes(${bytes})
size = len(big)
shown = ""
del random
`;

/** An expression: `whole N`, `half`, or `nothing` in a kernel that has been started anew. */
export const LOOK = `(
  "nothing" if not any(name in globals() for name in ${JSON.stringify(NAMES)}) else
  f"whole {gen}" if all(name in globals() for name in ${JSON.stringify(NAMES)}) and marks == [gen, gen] and marks is alias
    and told() == gen and type(box) is Box and box.gen == gen
    and big == __import__("random").Random(gen).randbytes(size) else
  "half"
)`;
