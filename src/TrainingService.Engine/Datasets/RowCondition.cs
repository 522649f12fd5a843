using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Expressions;
using TrainingService.Engine.Expressions;
using TrainingService.Engine.Layers;
using static TorchSharp.torch;

namespace TrainingService.Engine.Datasets;

/// <summary>The expression of a filter, computed for rows behind the maps so far.</summary>
internal sealed class RowCondition
{
    private readonly PipelineBuilder _pipeline;
    private readonly ExpressionRunner _runner;
    private readonly List<(string Name, int? Place, RowColumn? Column)> _inputs = [];

    /// <param name="text">The expression.</param>
    /// <param name="pipeline">The steps so far.</param>
    /// <exception cref="Contracts.Shapes.SpecException">It is none, or names what is not there.</exception>
    public RowCondition(string text, PipelineBuilder pipeline)
    {
        _pipeline = pipeline;
        var rows = pipeline.Rows;
        string[] names = [.. rows.Components.SelectMany(component => component.Sources.Prepend(component.Name)), "features", "labels", .. rows.FurtherColumns?.Names ?? []];
        var expression = RowExpression.Parse(text, [.. names.Distinct()]);
        foreach (var name in expression.Inputs)
        {
            // A column by its own name is the stored one only where no component has it.
            var place = rows.FindPlace(name);
            var column = place is null ? rows.FurtherColumns?.Find(name) : null;
            if (place is null && column is null)
                throw new DatasetException($"filter: expected one name of a tensor or of a column of numbers. Received: \"{name}\".");
            _inputs.Add((name, place, column));
        }
        _runner = new ExpressionRunner(expression);
    }

    /// <summary>Marks the rows for which it is true.</summary>
    public void Mark(IEnumerable<long> rows, RowBits kept)
    {
        var maker = _pipeline.Maker;
        using var noGrad = no_grad();
        using var like = zeros(0, float64);
        foreach (var part in rows.Chunk(PipelineContext.RowsPerPart))
        {
            Training.Pulse.Beat();
            using var scope = NewDisposeScope();
            var values = _inputs.ToDictionary(input => input.Name, input => Numbers(input.Column?.Gather(part) ?? maker.Value(input.Place!.Value, part), input.Name));
            var truths = _runner.Run(values, like).expand(part.Length).ne(0).contiguous().data<bool>().ToArray();
            for (var i = 0; i < part.Length; i++)
                kept[part[i]] = truths[i];
        }
    }

    /// <summary>One number per row, or a row of several.</summary>
    private static Tensor Numbers(HostValue value, string name)
    {
        var tensor = HostBatches.Stack(value, name).to(float64);
        return tensor.dim() == 2 && tensor.shape[1] == 1 ? tensor.squeeze(1) : tensor;
    }
}
