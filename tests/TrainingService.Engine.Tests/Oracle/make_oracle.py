#!/usr/bin/env python3
"""Writes pytorch.json: layers with an exact counterpart in PyTorch, their weights, inputs and outputs.

Made once, with Debian's python3-torch 1.13; the tests read the file and need no Python. The file has the format of the conformance cases
(tests/TrainingService.Conformance/Data/README.md), so that the same check reads it. Numbers are computed in double precision from inputs
and weights of three decimals.

    apt-get install python3-torch && python3 make_oracle.py
"""
import json
import os

import torch
import torch.nn.functional as F

torch.manual_seed(20_231)
torch.set_default_dtype(torch.float64)
CASES = []


def rnd(*shape):
    return torch.round(torch.randn(*shape) * 1000) / 1000


def pack(tensor):
    dtype = "float32" if tensor.is_floating_point() else "int64"
    return {"shape": list(tensor.shape), "dtype": dtype, "data": [round(value, 7) for value in tensor.detach().flatten().tolist()]}


def case(class_name, what, config, weights, inputs, expected, **more):
    """weights: (path, values) in Keras's order and layout; a third entry False marks one that is not trained."""
    CASES.append({
        "id": f"oracle/{class_name}/{what}", "kind": "layer", "origin": "reference", "source": f"PyTorch {torch.__version__}",
        "class_name": class_name, "config": config,
        "weights": [{"path": w[0], "trainable": len(w) < 3, **pack(w[1])} for w in weights],
        "args": [{"tensor": pack(inputs)} if torch.is_tensor(inputs) else [{"tensor": pack(x)} for x in inputs]],
        "kwargs": more.pop("kwargs", {}), "expected": {"tensor": pack(expected)}, "atol": 2e-5, "rtol": 1e-4,
        **{name: [{"path": w[0], "trainable": len(w) < 3, **pack(w[1])} for w in value] for name, value in more.items()}})


def last(x):
    """(batch, channels, space...) -> channels last."""
    return x.movedim(1, -1)


def conv_kernel(w):
    """(out, in, window...) -> (window..., in, out)."""
    return w.movedim((0, 1), (-1, -2))


def convolutions():
    run = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}
    back = {1: F.conv_transpose1d, 2: F.conv_transpose2d, 3: F.conv_transpose3d}
    for rank, space, window in ((1, (9,), (3,)), (2, (7, 8), (3, 2)), (3, (5, 4, 5), (2, 3, 2))):
        for what, strides, dilation, groups in (("plain", 1, 1, 1), ("strided", 2, 1, 1), ("dilated", 1, 2 if rank < 3 else 1, 1), ("groups", 1, 1, 2)):
            x, w, b = rnd(2, 4, *space), rnd(6, 4 // groups, *window), rnd(6)
            y = run[rank](x, w, b, stride=strides, dilation=dilation, groups=groups)
            config = {"filters": 6, "kernel_size": list(window), "strides": strides, "dilation_rate": dilation, "groups": groups}
            case(f"Conv{rank}D", what, config, [("kernel", conv_kernel(w)), ("bias", b)], last(x), last(y))
            first = {**config, "data_format": "channels_first", "activation": "tanh"}
            case(f"Conv{rank}D", f"{what}_first", first, [("kernel", conv_kernel(w)), ("bias", b)], x, torch.tanh(y))
        x, w, b = rnd(2, 3, *space), rnd(5, 3, *(3,) * rank), rnd(5)
        case(f"Conv{rank}D", "same", {"filters": 5, "kernel_size": 3, "padding": "same"}, [("kernel", conv_kernel(w)), ("bias", b)],
             last(x), last(run[rank](x, w, b, padding=1)))
        x, w, b = rnd(2, 3, *(size // 2 for size in space)), rnd(3, 4, *window), rnd(4)
        for what, strides, added in (("plain", 1, None), ("strided", 2, 0), ("padded", 3, 2)):
            y = back[rank](x, w, b, stride=strides, output_padding=added or 0)
            config = {"filters": 4, "kernel_size": list(window), "strides": strides, "output_padding": added}
            case(f"Conv{rank}DTranspose", what, config, [("kernel", conv_kernel(w)), ("bias", b)], last(x), last(y))
    for rank, space in ((1, (8,)), (2, (6, 7))):
        x, w, b = rnd(2, 3, *space), rnd(3 * 2, 1, *(3,) * rank), rnd(6)
        depthwise = w.reshape(3, 2, *(3,) * rank).movedim((0, 1), (-2, -1))
        y = run[rank](x, w, stride=2, groups=3)
        case(f"DepthwiseConv{rank}D", "strided", {"kernel_size": 3, "strides": 2, "depth_multiplier": 2}, [("kernel", depthwise), ("bias", b)],
             last(x), last(y) + b)
        point, c = rnd(4, 6, *(1,) * rank), rnd(4)
        case(f"SeparableConv{rank}D", "strided", {"filters": 4, "kernel_size": 3, "strides": 2, "depth_multiplier": 2},
             [("depthwise_kernel", depthwise), ("pointwise_kernel", conv_kernel(point)), ("bias", c)], last(x), last(run[rank](y, point, c)))


def poolings():
    for rank, space in ((1, (9,)), (2, (7, 8)), (3, (5, 6, 4))):
        x = rnd(2, 3, *space)
        maximum, mean = getattr(F, f"max_pool{rank}d"), getattr(F, f"avg_pool{rank}d")
        for what, size, strides in (("plain", 2, None), ("overlapping", 3, 2)):
            config = {"pool_size": size, "strides": strides}
            case(f"MaxPooling{rank}D", what, config, [], last(x), last(maximum(x, size, strides)))
            case(f"AveragePooling{rank}D", what, config, [], last(x), last(mean(x, size, strides)))
        case(f"AveragePooling{rank}D", "same", {"pool_size": 3, "strides": 1, "padding": "same"}, [], last(x),
             last(mean(x, 3, 1, 1, count_include_pad=False)))
        size = [3, 2, 2][:rank]
        case(f"AdaptiveMaxPooling{rank}D", "plain", {"output_size": size}, [], last(x), last(getattr(F, f"adaptive_max_pool{rank}d")(x, size)))
        case(f"AdaptiveAveragePooling{rank}D", "plain", {"output_size": size}, [], last(x), last(getattr(F, f"adaptive_avg_pool{rank}d")(x, size)))
        case(f"GlobalAveragePooling{rank}D", "plain", {}, [], last(x), x.flatten(2).mean(2))
        case(f"GlobalMaxPooling{rank}D", "plain", {}, [], last(x), x.flatten(2).amax(2))


def dense_and_activations():
    x, w, b = rnd(3, 5, 4), rnd(6, 4), rnd(6)
    for name, function in (("linear", lambda y: y), ("relu", torch.relu), ("gelu", F.gelu), ("silu", F.silu), ("softplus", F.softplus), ("mish", F.mish),
                           ("log_softmax", lambda y: F.log_softmax(y, -1)), ("selu", F.selu), ("hard_silu", F.hardswish), ("softsign", F.softsign)):
        case("Dense", name, {"units": 6, "activation": name}, [("kernel", w.t()), ("bias", b)], x, function(F.linear(x, w, b)))
    kernel, offset = rnd(4, 3, 2), rnd(3, 2)
    case("EinsumDense", "heads", {"equation": "abc,cde->abde", "output_shape": [None, 3, 2], "bias_axes": "de"}, [("kernel", kernel), ("bias", offset)],
         x, torch.einsum("abc,cde->abde", x, kernel) + offset)
    kernel = rnd(5, 3, 2)
    case("EinsumDense", "transposed", {"equation": "abc,bde->aecd", "output_shape": [2, None, 3]}, [("kernel", kernel)], x,
         torch.einsum("abc,bde->aecd", x, kernel))
    slopes = rnd(1, 4)
    case("PReLU", "shared", {"shared_axes": [1]}, [("alpha", slopes)], x, F.prelu(x.movedim(-1, 1), slopes[0]).movedim(1, -1))
    case("LeakyReLU", "plain", {"negative_slope": 0.15}, [], x, F.leaky_relu(x, 0.15))
    case("ELU", "plain", {"alpha": 0.7}, [], x, F.elu(x, 0.7))
    case("Softmax", "middle", {"axis": 1}, [], x, F.softmax(x, 1))
    one, other = rnd(4, 5), rnd(4, 5)
    case("Dot", "cosine", {"axes": 1, "normalize": True}, [], [one, other], F.cosine_similarity(one, other)[:, None])


def normalizations():
    x = rnd(4, 3, 5, 6)
    gamma, beta, mean, variance = rnd(3), rnd(3), rnd(3), rnd(3).abs() + 0.5
    weights = [("gamma", gamma), ("beta", beta), ("moving_mean", mean, False), ("moving_variance", variance, False)]
    config = {"axis": -1, "epsilon": 1e-3, "momentum": 0.9}
    case("BatchNormalization", "inference", config, weights, last(x), last(F.batch_norm(x, mean, variance, gamma, beta, False, 0.1, 1e-3)))
    flat = x.movedim(1, 0).flatten(1)
    after = [*weights[:2], ("moving_mean", 0.9 * mean + 0.1 * flat.mean(1), False),
             ("moving_variance", 0.9 * variance + 0.1 * flat.var(1, unbiased=False), False)]
    case("BatchNormalization", "training", config, weights, last(x), last(F.batch_norm(x, mean.clone(), variance.clone(), gamma, beta, True, 0.1, 1e-3)),
         kwargs={"training": True}, weights_after=after)
    gamma, beta = rnd(5, 6), rnd(5, 6)
    case("LayerNormalization", "two_axes", {"axis": [2, 3]}, [("gamma", gamma), ("beta", beta)], x, F.layer_norm(x, (5, 6), gamma, beta, 1e-3))
    x, gamma, beta = rnd(3, 6, 4, 5), rnd(6), rnd(6)
    case("GroupNormalization", "three_groups", {"groups": 3}, [("gamma", gamma), ("beta", beta)], last(x), last(F.group_norm(x, 3, gamma, beta, 1e-3)))
    case("GroupNormalization", "instances", {"groups": -1}, [("gamma", gamma), ("beta", beta)], last(x), last(F.instance_norm(x, None, None, gamma, beta, eps=1e-3)))
    x = rnd(3, 4, 5)
    case("UnitNormalization", "middle", {"axis": 1}, [], x, F.normalize(x, dim=1))


def reshapings():
    x = rnd(2, 3, 4, 5)
    for what, mode in (("nearest", "nearest"), ("bilinear", "bilinear")):
        kwargs = {} if mode == "nearest" else {"align_corners": False}
        case("UpSampling2D", what, {"size": [2, 3], "interpolation": mode}, [], last(x), last(F.interpolate(x, scale_factor=(2.0, 3.0), mode=mode, **kwargs)))
    case("ZeroPadding2D", "uneven", {"padding": [[1, 2], [0, 3]]}, [], last(x), last(F.pad(x, (0, 3, 1, 2))))


def recurrent():
    x = rnd(3, 6, 4)
    for name, module, gates in (("LSTM", torch.nn.LSTM, 4), ("GRU", torch.nn.GRU, 3), ("SimpleRNN", torch.nn.RNN, 1)):
        layer = module(4, 5, batch_first=True)
        for parameter in layer.parameters():
            parameter.data = rnd(*parameter.shape)
        order = [1, 0, 2] if name == "GRU" else list(range(gates))  # Keras's gates are z, r, h; PyTorch's r, z, n

        def keras(weight):
            return torch.cat([weight.chunk(gates)[gate] for gate in order]).t().contiguous()

        kernel, recurrent_kernel = keras(layer.weight_ih_l0), keras(layer.weight_hh_l0)
        inner, outer = (torch.cat([b.chunk(gates)[gate] for gate in order]) for b in (layer.bias_ih_l0, layer.bias_hh_l0))
        bias = torch.stack([inner, outer]) if name == "GRU" else inner + outer
        cell = {"LSTM": "lstm_cell", "GRU": "gru_cell", "SimpleRNN": "simple_rnn_cell"}[name]
        weights = [(f"{cell}/kernel", kernel), (f"{cell}/recurrent_kernel", recurrent_kernel), (f"{cell}/bias", bias)]
        sequence = layer(x)[0]
        case(name, "sequences", {"units": 5, "return_sequences": True}, weights, x, sequence)
        case(name, "last", {"units": 5}, weights, x, sequence[:, -1])
        case(name, "backwards", {"units": 5, "go_backwards": True}, weights, x, layer(x.flip(1))[0][:, -1])


def tables_and_attention():
    table = rnd(7, 3)
    index = torch.randint(0, 7, (2, 5))
    case("Embedding", "plain", {"input_dim": 7, "output_dim": 3}, [("embeddings", table)], index, F.embedding(index, table))
    heads, size, features = 2, 3, 6
    module = torch.nn.MultiheadAttention(features, heads, batch_first=True)
    for parameter in module.parameters():
        parameter.data = rnd(*parameter.shape)
    query = rnd(2, 4, features)
    expected = module(query, query, query, need_weights=False)[0]
    weights = []
    for name, w, b in zip(("query", "key", "value"), module.in_proj_weight.chunk(3), module.in_proj_bias.chunk(3)):
        weights += [(f"{name}/kernel", w.t().reshape(features, heads, size)), (f"{name}/bias", b.reshape(heads, size))]
    weights += [("attention_output/kernel", module.out_proj.weight.t().reshape(heads, size, features)), ("attention_output/bias", module.out_proj.bias)]
    case("MultiHeadAttention", "self", {"num_heads": heads, "key_dim": size}, weights, query, expected)
    CASES[-1]["args"].append(CASES[-1]["args"][0])


for write in (convolutions, poolings, dense_and_activations, normalizations, reshapings, recurrent, tables_and_attention):
    write()
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "pytorch.json")
with open(path, "w", encoding="utf-8") as file:
    head = {"format": "keras-conformance", "format_version": 1, "torch_version": torch.__version__}
    file.write(json.dumps(head)[:-1] + ',"cases":[\n' + ",\n".join(json.dumps(each, separators=(",", ":")) for each in CASES) + "\n]}\n")
print(f"{len(CASES)} cases, {os.path.getsize(path)} bytes")
