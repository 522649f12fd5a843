using TorchSharp;
using TrainingService.Contracts.Layers;
using TrainingService.Engine.Precision;

namespace TrainingService.Engine.Layers;

/// <summary>One call of a layer: whether it trains, the arguments beside the first, and where losses go.</summary>
public sealed class CallContext
{
    private readonly CallForm _form;
    private readonly KerasTensor[] _tensors;
    private readonly List<torch.Tensor> _losses;

    /// <summary>The outermost call.</summary>
    /// <param name="training">Whether this is a training step.</param>
    public CallContext(bool training) : this(training, CallForm.OfInputs(0), [], [])
    {
    }

    private CallContext(bool training, CallForm form, KerasTensor[] tensors, List<torch.Tensor> losses)
    {
        Training = form.Training ?? training;
        (_form, _tensors, _losses) = (form, tensors, losses);
        Inputs = tensors.Length == form.Inputs ? tensors : tensors[..form.Inputs];
    }

    /// <summary>Whether this is a training step.</summary>
    public bool Training { get; }

    /// <summary>The tensors of the first parameter.</summary>
    public IReadOnlyList<KerasTensor> Inputs { get; }

    /// <summary>Paths of the first parameter's tensors when it is a dict, <c>bounding_boxes/labels</c>; otherwise null.</summary>
    public IReadOnlyList<string>? InputNames => _form.InputNames;

    /// <summary>Keras's mask of the first input, or null.</summary>
    public torch.Tensor? Mask => Inputs.Count > 0 ? Inputs[0].Mask : null;

    /// <summary>What layers have added to the loss during this call and the calls around it: scalars.</summary>
    public IReadOnlyList<torch.Tensor> Losses => _losses;

    /// <summary>Adds to the loss of the training step.</summary>
    /// <param name="loss">A scalar; a penalty on activities is already divided by the batch's size.</param>
    public void AddLoss(torch.Tensor loss) => _losses.Add(loss);

    /// <summary>Whether the argument is given and not None.</summary>
    public bool Has(string name) => _form.Named.ContainsKey(name);

    /// <summary>The argument as it is given, or null.</summary>
    public CallValue? Value(string name) => _form.Named.GetValueOrDefault(name);

    /// <summary>An argument that is a tensor, with its mask; null when it is not given.</summary>
    public KerasTensor? Argument(string name) => Value(name) is CallTensor tensor ? _tensors[tensor.Index] : null;

    /// <summary>An argument that is a tensor; null when it is not given.</summary>
    public torch.Tensor? Tensor(string name) => Argument(name)?.Value;

    /// <summary>Keras's mask of an argument that is a tensor, or null.</summary>
    public torch.Tensor? MaskOf(string name) => Argument(name)?.Mask;

    /// <summary>The tensors of an argument, whether it is one or a list; empty when it is not given.</summary>
    public IReadOnlyList<torch.Tensor> Tensors(string name) => Value(name) is { } value ? [.. value.Tensors().Select(index => _tensors[index].Value)] : [];

    /// <summary>An argument that is true or false; the fallback when it is not given.</summary>
    public bool Flag(string name, bool fallback = false) => CallValues.Flag(Value(name), name, fallback);

    /// <summary>An argument that is a number; null when it is not given.</summary>
    public double? Number(string name) => CallValues.Number(Value(name), name);

    /// <summary>The same call with all floating tensors in a dtype: Keras's autocast. Null changes nothing.</summary>
    internal CallContext In(LayerPrecision precision)
    {
        if (!precision.Casts)
            return this;
        KerasTensor[]? cast = null;
        for (var i = 0; i < _tensors.Length; i++)
        {
            var value = precision.Enter(_tensors[i].Value);
            if (ReferenceEquals(value, _tensors[i].Value))
                continue;
            cast ??= [.. _tensors];
            cast[i] = cast[i] with { Value = value };
        }
        return cast is null ? this : new CallContext(Training, _form, cast, _losses);
    }

    /// <summary>A call inside this one: of an inner layer, or of a model's layer.</summary>
    /// <param name="inputs">The tensors of the first parameter.</param>
    public CallContext For(params KerasTensor[] inputs) =>
        new(Training, inputs.Length == 1 ? CallForm.OneInput : CallForm.OfInputs(inputs.Length), inputs, _losses);

    /// <summary>A call inside this one with more arguments.</summary>
    /// <param name="form">How the layer is called.</param>
    /// <param name="tensors">All tensors of the call, in the form's order. Masks that are arguments of their own replace theirs.</param>
    public CallContext For(CallForm form, KerasTensor[] tensors)
    {
        if (form.Named.Count > 0)
            AttachMasks(form, tensors);
        return new CallContext(Training, form, tensors, _losses);
    }

    /// <summary>An argument <c>mask</c> is the mask of the first parameter, and <c>value_mask</c> that of the parameter <c>value</c>.</summary>
    private static void AttachMasks(CallForm form, KerasTensor[] tensors)
    {
        if (form.Named.TryGetValue("mask", out var masks))
        {
            foreach (var (mask, index) in masks.Leaves().Select((mask, index) => (mask, index)).Where(pair => pair.index < form.Inputs))
                Attach(mask, index);
        }
        foreach (var (name, value) in form.Named.Where(argument => argument.Key.EndsWith("_mask", StringComparison.Ordinal)))
        {
            var parameter = name[..^"_mask".Length];
            if (form.Named.GetValueOrDefault(parameter) is CallTensor tensor)
                Attach(value, tensor.Index);
            else if (parameter == "query" && form.Inputs == 1)
                Attach(value, 0);
        }

        void Attach(CallValue mask, int index)
        {
            if (mask is CallTensor tensor)
                tensors[index] = tensors[index] with { Mask = tensors[tensor.Index].Value };
        }
    }
}
