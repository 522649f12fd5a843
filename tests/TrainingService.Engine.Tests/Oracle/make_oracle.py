"""Writes oracle.json: what PyTorch computes for layers, losses and optimizers that have an exact counterpart in Keras.

Run it with Debian's python3-torch (1.13):  /usr/bin/python3 make_oracle.py
Every tensor is in Keras's layout: channels last, kernels (…, in, out). A case's function takes them and permutes views to PyTorch's layout,
so that autograd gives the gradients in Keras's layout too. Everything is computed in float64.
"""
import json
import os

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.stateless import functional_call

torch.manual_seed(20)
torch.set_default_dtype(torch.float64)
cases = []


def tensor(value):
    data = [float(f"{number:.9g}") for number in value.detach().reshape(-1).tolist()]
    return {"shape": list(value.shape), "data": data}


def layer(case, class_name, config, function, inputs, weights=None, training=False, below=None, named=None):
    """inputs and named are shapes or tensors, weights shapes; the function gets lists and a dict, and returns one output."""
    def value(given):
        if below is not None:
            return torch.randint(0, below, given)
        return (given if torch.is_tensor(given) else torch.randn(given)).requires_grad_(True)
    xs = [value(given) for given in inputs]
    others = {name: value(given) for name, given in (named or {}).items()}
    ws = {name: (given if torch.is_tensor(given) else torch.randn(given) * 0.5).requires_grad_(True) for name, given in (weights or {}).items()}
    output = function(*xs, ws, **others)
    cotangent = torch.randn(output.shape)
    (output * cotangent).sum().backward()
    cases.append({
        "kind": "layer", "id": case, "spec": {"class_name": class_name, "config": config}, "training": training, "below": below,
        "inputs": [tensor(x) for x in xs], "named": {name: tensor(x) for name, x in others.items()},
        "weights": {name: tensor(w) for name, w in ws.items()}, "output": tensor(output), "cotangent": tensor(cotangent),
        "input_gradients": [None if x.grad is None else tensor(x.grad) for x in [*xs, *others.values()]],
        "weight_gradients": {name: tensor(w.grad) for name, w in ws.items() if w.grad is not None},
    })


def first(x):
    """Channels last to channels first."""
    return x.movedim(-1, 1)


def last(x):
    return x.movedim(1, -1)


def kernel(w):
    """(…, in, out) to PyTorch's (out, in, …)."""
    return w.permute(-1, -2, *range(w.dim() - 2))


# Core
layer("dense", "Dense", {"units": 3}, lambda x, w: F.linear(x, w["kernel"].t(), w["bias"]), [(4, 5)], {"kernel": (5, 3), "bias": (3,)})
layer("dense_of_sequences_without_bias", "Dense", {"units": 3, "use_bias": False, "activation": "tanh"},
      lambda x, w: torch.tanh(F.linear(x, w["kernel"].t())), [(2, 3, 5)], {"kernel": (5, 3)})
layer("embedding", "Embedding", {"input_dim": 7, "output_dim": 3}, lambda x, w: F.embedding(x, w["embeddings"]), [(2, 5)], {"embeddings": (7, 3)}, below=7)

# Convolution
CONVOLUTIONS = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}
SIZES = {1: (9,), 2: (7, 8), 3: (5, 4, 6)}


def convolution(case, rank, size, channels, filters, config, **arguments):
    groups = arguments.get("groups", 1)
    layer(case, f"Conv{rank}D", {"filters": filters, "kernel_size": size, **config},
          lambda x, w: last(CONVOLUTIONS[rank](first(x), kernel(w["kernel"]), w["bias"], **arguments)),
          [(2, *SIZES[rank], channels)], {"kernel": (*size, channels // groups, filters), "bias": (filters,)})


convolution("conv1d", 1, [3], 2, 4, {})
convolution("conv1d_stride", 1, [3], 2, 4, {"strides": [2]}, stride=2)
convolution("conv1d_same_dilated", 1, [3], 2, 3, {"padding": "same", "dilation_rate": [2]}, padding=2, dilation=2)
convolution("conv2d", 2, [3, 2], 3, 4, {})
convolution("conv2d_stride", 2, [3, 3], 2, 3, {"strides": [2, 3]}, stride=(2, 3))
convolution("conv2d_same", 2, [3, 5], 2, 3, {"padding": "same"}, padding=(1, 2))
convolution("conv2d_dilated", 2, [2, 3], 2, 3, {"dilation_rate": [3, 2]}, dilation=(3, 2))
convolution("conv2d_groups", 2, [3, 3], 4, 6, {"groups": 2}, groups=2)
convolution("conv3d", 3, [2, 3, 2], 2, 3, {})
convolution("conv3d_same_stride", 3, [3, 3, 3], 1, 2, {"strides": [1, 1, 1], "padding": "same"}, padding=1)
layer("depthwise_conv2d", "DepthwiseConv2D", {"kernel_size": [3, 3], "depth_multiplier": 2},
      lambda x, w: last(F.conv2d(first(x), w["kernel"].permute(2, 3, 0, 1).reshape(6, 1, 3, 3), w["bias"], groups=3)),
      [(2, 5, 6, 3)], {"kernel": (3, 3, 3, 2), "bias": (6,)})


def transposed(case, size, config, **arguments):
    layer(case, "Conv2DTranspose", {"filters": 3, "kernel_size": size, **config},
          lambda x, w: last(F.conv_transpose2d(first(x), w["kernel"].permute(3, 2, 0, 1), w["bias"], **arguments)),
          [(2, 4, 3, 2)], {"kernel": (*size, 3, 2), "bias": (3,)})


transposed("conv2d_transpose", [3, 2], {})
transposed("conv2d_transpose_stride", [3, 3], {"strides": [2, 2]}, stride=2)
transposed("conv2d_transpose_same", [4, 4], {"strides": [2, 2], "padding": "same"}, stride=2, padding=1)
layer("conv1d_transpose_stride", "Conv1DTranspose", {"filters": 2, "kernel_size": 3, "strides": 2},
      lambda x, w: last(F.conv_transpose1d(first(x), w["kernel"].permute(2, 1, 0), w["bias"], stride=2)), [(2, 4, 3)], {"kernel": (3, 2, 3), "bias": (2,)})

# Pooling
layer("max_pooling1d", "MaxPooling1D", {"pool_size": 2, "strides": 2}, lambda x, w: last(F.max_pool1d(first(x), 2)), [(2, 7, 3)])
layer("max_pooling2d", "MaxPooling2D", {"pool_size": [2, 3], "strides": [1, 2]}, lambda x, w: last(F.max_pool2d(first(x), (2, 3), (1, 2))), [(2, 6, 7, 2)])
layer("max_pooling2d_same", "MaxPooling2D", {"pool_size": [3, 3], "strides": [1, 1], "padding": "same"}, lambda x, w: last(F.max_pool2d(first(x), 3, 1, 1)), [(2, 5, 4, 2)])
layer("max_pooling3d", "MaxPooling3D", {"pool_size": [2, 2, 2]}, lambda x, w: last(F.max_pool3d(first(x), 2)), [(1, 4, 5, 4, 2)])
layer("average_pooling1d", "AveragePooling1D", {"pool_size": 3, "strides": 2}, lambda x, w: last(F.avg_pool1d(first(x), 3, 2)), [(2, 8, 3)])
layer("average_pooling2d", "AveragePooling2D", {"pool_size": [2, 2]}, lambda x, w: last(F.avg_pool2d(first(x), 2)), [(2, 5, 6, 2)])
layer("average_pooling2d_same", "AveragePooling2D", {"pool_size": [3, 3], "strides": [1, 1], "padding": "same"},
      lambda x, w: last(F.avg_pool2d(first(x), 3, 1, 1, count_include_pad=False)), [(2, 5, 4, 2)])
layer("average_pooling3d", "AveragePooling3D", {"pool_size": [2, 1, 2]}, lambda x, w: last(F.avg_pool3d(first(x), (2, 1, 2))), [(1, 4, 3, 4, 2)])
layer("global_average_pooling2d", "GlobalAveragePooling2D", {}, lambda x, w: x.mean((1, 2)), [(2, 4, 3, 2)])
layer("global_max_pooling1d", "GlobalMaxPooling1D", {}, lambda x, w: x.amax(1), [(2, 5, 3)])
layer("adaptive_average_pooling2d", "AdaptiveAveragePooling2D", {"output_size": [2, 3]}, lambda x, w: last(F.adaptive_avg_pool2d(first(x), (2, 3))), [(2, 5, 6, 2)])
layer("adaptive_max_pooling1d", "AdaptiveMaxPooling1D", {"output_size": 3}, lambda x, w: last(F.adaptive_max_pool1d(first(x), 3)), [(2, 7, 2)])
layer("up_sampling2d_nearest", "UpSampling2D", {"size": [2, 3]}, lambda x, w: last(F.interpolate(first(x), scale_factor=(2, 3), mode="nearest")), [(2, 3, 2, 2)])
layer("up_sampling2d_bilinear", "UpSampling2D", {"size": [2, 2], "interpolation": "bilinear"},
      lambda x, w: last(F.interpolate(first(x), scale_factor=2, mode="bilinear", align_corners=False)), [(2, 3, 4, 2)])

# Normalization
for training in (False, True):
    mean, variance = torch.randn(3), torch.rand(3) + 0.5
    layer(f"batch_normalization_{'training' if training else 'inference'}", "BatchNormalization", {"epsilon": 0.01, "momentum": 0.9},
          lambda x, w: last(F.batch_norm(first(x), w["moving_mean"].detach().clone(), w["moving_variance"].detach().clone(), w["gamma"], w["beta"], training=training, eps=0.01)),
          [(4, 3, 2, 3)], {"gamma": (3,), "beta": (3,), "moving_mean": mean, "moving_variance": variance}, training=training)
layer("layer_normalization", "LayerNormalization", {"epsilon": 0.001}, lambda x, w: F.layer_norm(x, (5,), w["gamma"], w["beta"], 0.001), [(3, 4, 5)], {"gamma": (5,), "beta": (5,)})
layer("layer_normalization_of_two_axes", "LayerNormalization", {"axis": [1, 2], "epsilon": 0.002},
      lambda x, w: F.layer_norm(x, (4, 5), w["gamma"], w["beta"], 0.002), [(3, 4, 5)], {"gamma": (4, 5), "beta": (4, 5)})
layer("group_normalization", "GroupNormalization", {"groups": 2, "epsilon": 0.001},
      lambda x, w: last(F.group_norm(first(x), 2, w["gamma"], w["beta"], 0.001)), [(2, 3, 2, 6)], {"gamma": (6,), "beta": (6,)})
layer("unit_normalization", "UnitNormalization", {}, lambda x, w: F.normalize(x, dim=-1), [(3, 4)])

# Recurrent
recurrent = {"kernel": (3, 16), "recurrent_kernel": (4, 16), "bias": (16,)}


def run(module, x, w, biases, reorder=lambda gate: gate):
    """The sequence of a recurrent module with Keras's weights."""
    parameters = {"weight_ih_l0": reorder(w["kernel"].t()), "weight_hh_l0": reorder(w["recurrent_kernel"].t()), "bias_ih_l0": biases[0], "bias_hh_l0": biases[1]}
    return functional_call(module(3, 4, batch_first=True), parameters, (x,))[0]


def swapped(gates):
    """Keras's update, reset, candidate to PyTorch's reset, update, candidate."""
    update, reset, candidate = gates.chunk(3)
    return torch.cat([reset, update, candidate])


layer("lstm", "LSTM", {"units": 4, "return_sequences": True}, lambda x, w: run(nn.LSTM, x, w, (w["bias"], torch.zeros(16))), [(2, 5, 3)], recurrent)
layer("lstm_last", "LSTM", {"units": 4}, lambda x, w: run(nn.LSTM, x, w, (w["bias"], torch.zeros(16)))[:, -1], [(2, 5, 3)], recurrent)
layer("gru", "GRU", {"units": 4, "return_sequences": True, "reset_after": True},
      lambda x, w: run(nn.GRU, x, w, (swapped(w["bias"][0]), swapped(w["bias"][1])), swapped), [(2, 5, 3)],
      {"kernel": (3, 12), "recurrent_kernel": (4, 12), "bias": (2, 12)})
layer("simple_rnn", "SimpleRNN", {"units": 4, "return_sequences": True}, lambda x, w: run(nn.RNN, x, w, (w["bias"], torch.zeros(4))), [(2, 5, 3)],
      {"kernel": (3, 4), "recurrent_kernel": (4, 4), "bias": (4,)})
layer("bidirectional_lstm", "Bidirectional", {"layer": {"class_name": "LSTM", "config": {"units": 4, "return_sequences": True}}},
      lambda x, w: torch.cat([
          run(nn.LSTM, x, {name.split("/")[-1]: value for name, value in w.items() if name.startswith("forward")}, (w["forward_lstm/lstm_cell/bias"], torch.zeros(16))),
          run(nn.LSTM, x.flip(1), {name.split("/")[-1]: value for name, value in w.items() if name.startswith("backward")}, (w["backward_lstm/lstm_cell/bias"], torch.zeros(16))).flip(1),
      ], -1), [(2, 4, 3)], {f"{direction}_lstm/lstm_cell/{name}": shape for direction in ("forward", "backward") for name, shape in recurrent.items()})

# Attention
heads, size, width = 2, 3, 6


def attend(query, w, value):
    def rows(name):
        return w[f"{name}/kernel"].reshape(width, heads * size).t()
    return F.multi_head_attention_forward(
        query.transpose(0, 1), value.transpose(0, 1), value.transpose(0, 1), width, heads,
        torch.cat([rows("query"), rows("key"), rows("value")]), torch.cat([w[f"{name}/bias"].reshape(-1) for name in ("query", "key", "value")]),
        None, None, False, 0.0, w["attention_output/kernel"].reshape(heads * size, width).t(), w["attention_output/bias"], need_weights=False)[0].transpose(0, 1)


projections = {f"{name}/{part}": shape for name in ("query", "key", "value") for part, shape in (("kernel", (width, heads, size)), ("bias", (heads, size)))}
layer("multi_head_attention", "MultiHeadAttention", {"num_heads": heads, "key_dim": size}, attend, [(2, 4, width)],
      {**projections, "attention_output/kernel": (heads, size, width), "attention_output/bias": (width,)}, named={"value": (2, 5, width)})

# Activations
ACTIVATIONS = {
    "relu": F.relu, "relu6": F.relu6, "leaky_relu": lambda x: F.leaky_relu(x, 0.2), "elu": F.elu, "celu": F.celu, "selu": F.selu, "gelu": F.gelu,
    "silu": F.silu, "mish": F.mish, "softplus": F.softplus, "softsign": F.softsign, "sigmoid": torch.sigmoid, "log_sigmoid": F.logsigmoid,
    "hard_sigmoid": F.hardsigmoid, "hard_silu": F.hardswish, "tanh": torch.tanh, "hard_tanh": F.hardtanh, "tanh_shrink": F.tanhshrink,
    "soft_shrink": F.softshrink, "hard_shrink": F.hardshrink, "softmax": lambda x: F.softmax(x, -1), "log_softmax": lambda x: F.log_softmax(x, -1),
    "exponential": torch.exp, "glu": F.glu,
}
for name, function in ACTIVATIONS.items():
    layer(f"activation_{name}", "Activation", {"activation": name}, lambda x, w: function(x), [torch.randn(5, 6) * 3])
layer("prelu_shared", "PReLU", {"shared_axes": [1, 2]}, lambda x, w: last(F.prelu(first(x), w["alpha"].reshape(-1))), [(2, 3, 4, 3)], {"alpha": (1, 1, 3)})
layer("elu_alpha", "ELU", {"alpha": 0.7}, lambda x, w: F.elu(x, 0.7), [(3, 5)])
layer("softmax_axis", "Softmax", {"axis": 1}, lambda x, w: F.softmax(x, 1), [(3, 4, 2)])
layer("leaky_relu", "LeakyReLU", {"negative_slope": 0.1}, lambda x, w: F.leaky_relu(x, 0.1), [(3, 5)])


# Losses
def loss(case, class_name, config, function, labels, outputs):
    outputs = outputs.detach().requires_grad_(True)
    value = function(outputs, labels)
    value.backward()
    cases.append({
        "kind": "loss", "id": case, "spec": {"class_name": class_name, "config": config}, "labels": tensor(labels), "whole": not labels.is_floating_point(),
        "outputs": tensor(outputs), "value": float(f"{value.item():.9g}"), "gradient": tensor(outputs.grad),
    })


shape = (4, 5)
soft = torch.randn(shape).softmax(-1)
loss("mean_squared_error", "MeanSquaredError", {}, F.mse_loss, torch.randn(shape), torch.randn(shape))
loss("mean_absolute_error", "MeanAbsoluteError", {}, F.l1_loss, torch.randn(shape), torch.randn(shape))
loss("huber", "Huber", {"delta": 0.7}, lambda y, t: F.huber_loss(y, t, delta=0.7), torch.randn(shape), torch.randn(shape) * 2)
loss("binary_crossentropy", "BinaryCrossentropy", {}, F.binary_cross_entropy, torch.rand(shape).round(), torch.rand(shape) * 0.9 + 0.05)
loss("binary_crossentropy_logits", "BinaryCrossentropy", {"from_logits": True}, F.binary_cross_entropy_with_logits, torch.rand(shape), torch.randn(shape) * 3)
loss("categorical_crossentropy_logits", "CategoricalCrossentropy", {"from_logits": True}, F.cross_entropy, soft, torch.randn(shape))
loss("categorical_crossentropy_smoothed", "CategoricalCrossentropy", {"from_logits": True, "label_smoothing": 0.1},
     lambda y, t: F.cross_entropy(y, t, label_smoothing=0.1), F.one_hot(torch.randint(0, 5, (4,)), 5).double(), torch.randn(shape))
loss("categorical_crossentropy", "CategoricalCrossentropy", {}, lambda y, t: -(t * y.log()).sum(-1).mean(), soft, torch.randn(shape).softmax(-1))
loss("sparse_categorical_crossentropy_logits", "SparseCategoricalCrossentropy", {"from_logits": True}, F.cross_entropy, torch.randint(0, 5, (4,)), torch.randn(shape))
loss("sparse_categorical_crossentropy_of_sequences", "SparseCategoricalCrossentropy", {"from_logits": True},
     lambda y, t: F.cross_entropy(y.transpose(1, 2), t), torch.randint(0, 5, (2, 3)), torch.randn(2, 3, 5))
loss("kl_divergence", "KLDivergence", {}, lambda y, t: F.kl_div(y.log(), t, reduction="batchmean"), soft, torch.randn(shape).softmax(-1))
loss("poisson", "Poisson", {}, lambda y, t: F.poisson_nll_loss(y, t, log_input=False, eps=1e-7), torch.randint(0, 4, shape).double(), torch.rand(shape) + 0.2)
loss("cosine_similarity", "CosineSimilarity", {}, lambda y, t: -F.cosine_similarity(y, t, dim=-1).mean(), torch.randn(shape), torch.randn(shape))


# Optimizers: where PyTorch adds epsilon elsewhere, one that is too small to count makes the formulas agree.
def optimizer(case, class_name, config, build, steps=4):
    variables = [torch.randn(3, 2).requires_grad_(True), torch.randn(4).requires_grad_(True)]
    begin = [tensor(variable) for variable in variables]
    rule = build(variables)
    trace = []
    for _ in range(steps):
        for variable in variables:
            variable.grad = torch.randn(variable.shape)
        gradients = [tensor(variable.grad) for variable in variables]
        rule.step()
        trace.append({"gradients": gradients, "values": [tensor(variable) for variable in variables]})
    cases.append({"kind": "optimizer", "id": case, "spec": {"class_name": class_name, "config": config}, "initial": begin, "steps": trace})


TINY = 1e-14
optimizer("sgd", "SGD", {"learning_rate": 0.1}, lambda v: torch.optim.SGD(v, 0.1))
optimizer("sgd_momentum", "SGD", {"learning_rate": 0.1, "momentum": 0.9}, lambda v: torch.optim.SGD(v, 0.1, momentum=0.9))
optimizer("sgd_nesterov", "SGD", {"learning_rate": 0.1, "momentum": 0.8, "nesterov": True}, lambda v: torch.optim.SGD(v, 0.1, momentum=0.8, nesterov=True))
optimizer("rmsprop", "RMSprop", {"learning_rate": 0.05, "rho": 0.9, "epsilon": TINY}, lambda v: torch.optim.RMSprop(v, 0.05, alpha=0.9, eps=TINY))
optimizer("rmsprop_momentum", "RMSprop", {"learning_rate": 0.05, "rho": 0.9, "momentum": 0.7, "epsilon": TINY},
          lambda v: torch.optim.RMSprop(v, 0.05, alpha=0.9, eps=TINY, momentum=0.7))
optimizer("adagrad", "Adagrad", {"learning_rate": 0.1, "initial_accumulator_value": 0.1, "epsilon": TINY},
          lambda v: torch.optim.Adagrad(v, 0.1, initial_accumulator_value=0.1, eps=TINY))
optimizer("adadelta", "Adadelta", {"learning_rate": 0.5, "rho": 0.9, "epsilon": 1e-6}, lambda v: torch.optim.Adadelta(v, 0.5, rho=0.9, eps=1e-6))
optimizer("adam", "Adam", {"learning_rate": 0.05, "epsilon": TINY}, lambda v: torch.optim.Adam(v, 0.05, eps=TINY))
optimizer("adamw", "AdamW", {"learning_rate": 0.05, "weight_decay": 0.1, "epsilon": TINY}, lambda v: torch.optim.AdamW(v, 0.05, weight_decay=0.1, eps=TINY))
optimizer("adamax", "Adamax", {"learning_rate": 0.05, "epsilon": TINY}, lambda v: torch.optim.Adamax(v, 0.05, eps=TINY))
optimizer("nadam", "Nadam", {"learning_rate": 0.05, "epsilon": TINY}, lambda v: torch.optim.NAdam(v, 0.05, eps=TINY, momentum_decay=1.0))

path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "oracle.json")
with open(path, "w", encoding="ascii") as file:
    file.write('{"torch": "%s", "cases": [\n' % torch.__version__)
    file.write(",\n".join(json.dumps(case, separators=(",", ":")) for case in cases))
    file.write("\n]}\n")
print(f"{len(cases)} cases, {os.path.getsize(path)} bytes")
