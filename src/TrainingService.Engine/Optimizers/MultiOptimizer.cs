using TorchSharp;
using TrainingService.Contracts.Optimizers;
using TrainingService.Engine.Models;
using static TorchSharp.torch;
using Specs = TrainingService.Contracts.Optimizers;

namespace TrainingService.Engine.Optimizers;

/// <summary>
/// Several optimizers, each for some of the weights. Each has a buffer of its own; what it needs is copied there before a step and back after it.
/// </summary>
public sealed class MultiOptimizer : Optimizer
{
    private readonly Specs.MultiOptimizer _spec;
    private readonly List<Group> _groups = [];
    private readonly Group? _default;
    private long _iterations;

    /// <summary>Builds the optimizer and those inside.</summary>
    /// <param name="spec">The optimizers and their weights' paths.</param>
    /// <param name="parameters">Weights and gradients.</param>
    /// <param name="model">The model's name; a path may be written with it, as in Keras, or without.</param>
    /// <exception cref="InvalidOperationException">Several patterns match one weight.</exception>
    public MultiOptimizer(Specs.MultiOptimizer spec, ParameterBuffer parameters, string? model = null)
    {
        _spec = spec;
        foreach (var group in Enumerable.Range(0, parameters.Slices.Count).GroupBy(index => Key(parameters.Slices[index].Weight.Path, model)))
        {
            var inner = group.Key is null ? spec.OptimizerMap.DefaultOptimizer : spec.OptimizerMap.ByPath![group.Key];
            _groups.Add(new Group((UpdateRuleSpec)inner with { LossScaleFactor = spec.LossScaleFactor }, parameters, [.. group]));
            if (group.Key is null)
                _default = _groups[^1];
        }
    }

    /// <summary>The map's key for a weight, or null for the default.</summary>
    private string? Key(string path, string? model)
    {
        var keys = _spec.OptimizerMap.KeysOf(path, model);
        return keys.Count <= 1 ? keys.SingleOrDefault() : throw new InvalidOperationException($"expected at most one optimizer for {path}. Received: those of {string.Join(" and ", keys)}.");
    }

    /// <summary>The default optimizer's rate, or the first one's where every weight has its own; it cannot be set.</summary>
    public override double LearningRate
    {
        get => (_default ?? _groups[0]).Rule.LearningRate;
        set => throw new InvalidOperationException("The learning rate of several optimizers cannot be set.");
    }

    /// <inheritdoc />
    public override long Iterations => _iterations;

    /// <inheritdoc />
    public override double? LossScale => _spec.LossScaleFactor;

    /// <inheritdoc />
    public override bool HasAverage => _groups.Exists(group => group.Rule.HasAverage);

    /// <inheritdoc />
    public override void Step(IReadOnlyCollection<int>? withoutGradient = null)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        foreach (var group in _groups)
            group.Step(withoutGradient ?? []);
        _iterations++;
    }

    /// <inheritdoc />
    public override void SwapAverage()
    {
        foreach (var group in _groups.Where(group => group.Rule.HasAverage))
            group.With(rule => rule.SwapAverage());
    }

    /// <inheritdoc />
    public override void AdoptWeightsAsAverage()
    {
        foreach (var group in _groups.Where(group => group.Rule.HasAverage))
            group.With(rule => rule.AdoptWeightsAsAverage());
    }

    /// <inheritdoc />
    public override void FinalizeVariableValues()
    {
        foreach (var group in _groups.Where(group => group.Rule.HasAverage))
            group.With(rule => rule.FinalizeVariableValues());
    }

    /// <inheritdoc />
    protected internal override void WriteState(IDictionary<string, Tensor> state, string prefix)
    {
        state[prefix + "iterations"] = tensor(_iterations);
        for (var index = 0; index < _groups.Count; index++)
            _groups[index].Rule.WriteState(state, $"{prefix}{index}/");
    }

    /// <inheritdoc />
    protected internal override void ReadState(IReadOnlyDictionary<string, Tensor> state, string prefix)
    {
        for (var index = 0; index < _groups.Count; index++)
            _groups[index].Rule.ReadState(state, $"{prefix}{index}/");
        _iterations = Part(state, prefix + "iterations").item<long>();
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing) => _groups.ForEach(group => group.Dispose());

    /// <summary>One optimizer and its weights.</summary>
    private sealed class Group : IDisposable
    {
        private readonly int[] _indices;
        private readonly ParameterBuffer _buffer;
        private readonly List<(Tensor Outside, Tensor Inside)> _values = [], _gradients = [];

        public Group(UpdateRuleSpec spec, ParameterBuffer parameters, int[] indices)
        {
            _indices = indices;
            _buffer = ParameterBuffer.Apart([.. indices.Select(index => parameters.Slices[index].Weight)], parameters.Values.device);
            Rule = OptimizerTable.Build(spec, _buffer);
            using var scope = NewDisposeScope();
            foreach (var (outside, inside) in indices.Select(index => parameters.Slices[index]).Zip(_buffer.Slices))
            {
                _values.Add((outside.Of(parameters.Values).DetachFromDisposeScope(), inside.Of(_buffer.Values).DetachFromDisposeScope()));
                _gradients.Add((outside.Of(parameters.Gradients).DetachFromDisposeScope(), inside.Of(_buffer.Gradients).DetachFromDisposeScope()));
            }
        }

        public Optimizer Rule { get; }

        public void Step(IReadOnlyCollection<int> withoutGradient)
        {
            var own = Enumerable.Range(0, _indices.Length).Where(place => withoutGradient.Contains(_indices[place])).ToList();
            if (own.Count == _indices.Length)
                return;
            foreach (var (outside, inside) in _gradients)
                inside.copy_(outside);
            With(rule => rule.Step(own));
        }

        /// <summary>Does something to the weights where they are.</summary>
        public void With(Action<Optimizer> act)
        {
            using var noGrad = no_grad();
            foreach (var (outside, inside) in _values)
                inside.copy_(outside);
            act(Rule);
            foreach (var (outside, inside) in _values)
                outside.copy_(inside);
        }

        public void Dispose()
        {
            Rule.Dispose();
            Slices.Dispose(_values.Concat(_gradients).SelectMany(pair => (Tensor[])[pair.Outside, pair.Inside]));
            _buffer.Dispose();
        }
    }
}
