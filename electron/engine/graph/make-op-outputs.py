"""Writes op-outputs.json: for every stateless-enough TensorFlow op, the names of its output arguments.

A FunctionDef names a tensor node:output_argument:index, where a GraphDef needs only node:index, and tfjs-node's binding
cannot be asked for an op's definition. Run with any Python that has TensorFlow 2.21 (the benchmark's environment has):

    python electron/engine/graph/make-op-outputs.py
"""

import json
import re
from pathlib import Path

from tensorflow.python.framework import op_def_registry

HERE = Path(__file__).parent
KERNELS = HERE.parents[2] / "node_modules/@tensorflow/tfjs-node/dist"

# What tfjs-node may execute (every capitalised word in its kernels), and what the compiler itself writes.
OWN = "Const Cast RealDiv GatherV2 Identity SelectV2 Equal Less AddV2 Range While PartitionedCall StatefulPartitionedCall \
ReadVariableOp AssignVariableOp BitwiseAnd StatelessRandomUniformFullInt SelfAdjointEigV2 Reshape StridedSlice ReluGrad".split()
words = {
    word
    for path in KERNELS.glob("kernels/*.js")
    for word in re.findall(r"\b_?[A-Z][A-Za-z0-9]+\b", path.read_text())
}
table = {}
for name in sorted(words | set(OWN)):
    definition = op_def_registry.get(name)
    if definition is not None:
        # A list-valued argument stands alone or last; its tensors are name:0, name:1, ...
        table[name] = [
            argument.name + ("[]" if argument.number_attr or argument.type_list_attr else "")
            for argument in definition.output_arg
        ]
(HERE / "op-outputs.json").write_text(json.dumps(table, indent=0) + "\n")
print(len(table), "ops")
