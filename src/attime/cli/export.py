"""`attime export`: write a fitted model in the format of other engines."""

from __future__ import annotations

from jsonargparse import ArgumentParser, Namespace

from attime.cli.tell import tell
from attime.estimators import load
from attime.export import to_onnx
from attime.files import check_file


def add_arguments(parser: ArgumentParser) -> None:
    """Add the model and the file."""
    parser.add_argument("model", type=str, help="file written by 'attime fit --save', or by --save of other commands")
    parser.add_argument("--onnx", type=str, required=True, help="ONNX file, such as model.onnx")
    parser.add_argument("--opset", type=int, default=20, help="version of the operators, from 18 to 23")


def main(options: Namespace) -> None:
    """Write the file, which is compared with the model first, and tell where it is."""
    check_file(options.onnx)
    model = load(options.model)
    tell("writes the graph and compares it with torch; of many dictionaries that takes a minute or more")
    to_onnx(model, options.onnx, opset=options.opset)
    tell(f"what onnxruntime and torch say is the same; written to {options.onnx}")
