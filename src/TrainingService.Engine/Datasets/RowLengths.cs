using TrainingService.Contracts.Layers;
using TrainingService.Engine.Layers;

namespace TrainingService.Engine.Datasets;

/// <summary>Lengths of rows along their first axis.</summary>
internal static class RowLengths
{
    /// <summary>The length of every row that takes part, by row number.</summary>
    /// <param name="pipeline">The steps so far.</param>
    /// <param name="place">The component.</param>
    /// <param name="maps">Its maps.</param>
    public static int[] Of(PipelineBuilder pipeline, int place, IReadOnlyList<MapStage> maps)
    {
        var lengths = new int[pipeline.Rows.Count];
        var column = pipeline.Rows.Components[place].Column;
        var own = maps.Where(map => map.Place == place).ToList();
        if (own.Count == 0 && !column.IsText && column.Shape.Rank > 1 && column.Shape[1] is null)
        {
            foreach (var (row, length) in pipeline.Order.EachRow().Zip(column.Lengths(pipeline.Order.EachRow())))
                lengths[row] = checked((int)length);
            return lengths;
        }
        // Texts that were cut into words are filled up to the longest of those that were looked at together; the number 0 is nothing else.
        var fillsUp = own.LastOrDefault() is LayerStage { Layer.Spec: Contracts.Layers.TextVectorization { OutputMode: CategoryOutput.Int } };
        foreach (var (rows, value) in pipeline.Values(place, pipeline.Order.EachRow()))
        {
            var found = value switch
            {
                RaggedValue ragged => [.. ragged.Rows.Select(row => row.shape[0])],
                TensorValue { Tensor: var tensor } when fillsUp => tensor.ne(0).sum(1).data<long>().ToArray(),
                TensorValue { Tensor: var tensor } when tensor.dim() > 1 => [.. Enumerable.Repeat(tensor.shape[1], rows.Length)],
                _ => throw new DatasetException("bucket_by_sequence_length: expected rows with a first axis, whose length is looked at. Received: single values."),
            };
            for (var i = 0; i < rows.Length; i++)
                lengths[rows[i]] = checked((int)found[i]);
        }
        return lengths;
    }
}
