namespace TrainingService.Api.Jobs;

/// <summary>One value of a line, or of two lines that are drawn together.</summary>
internal readonly record struct Point(MetricRow Row, double? First, double? Second = null);

/// <summary>
/// Thins a line while it streams by. Neighbours share stretches; when more points are kept than allowed, every two stretches become one. Of a
/// stretch stay the first and the last point, each line's smallest and largest, and the first that is not finite; a point that is extreme in two
/// stretches together is extreme in its own, so that nothing of this depends on when they were joined.
/// </summary>
/// <param name="limit">Most points kept; at least <see cref="MetricsQuery.MinPoints"/>.</param>
internal sealed class Thinning(int limit)
{
    /// <summary>First, last, two smallest, two largest, not finite.</summary>
    private const int MaxPerStretch = 7;

    private readonly List<Stretch> _stretches = [];
    private long _width = 1;
    private int _kept;

    /// <summary>Points that came by.</summary>
    public long Total { get; private set; }

    /// <summary>What stays, in order.</summary>
    public IEnumerable<Point> Points => _stretches.SelectMany(stretch => stretch.Thinned());

    public void Add(Point point)
    {
        Total++;
        if (_stretches.Count == 0 || _stretches[^1].Seen == _width)
        {
            ThinLast();
            _stretches.Add(new Stretch());
        }
        _kept += _stretches[^1].Add(point);
        if (_kept > limit)
            ThinLast();
        while (_kept > limit)
            Widen();
    }

    private void ThinLast()
    {
        if (_stretches.Count > 0)
            _kept += _stretches[^1].Thin();
    }

    private void Widen()
    {
        _width *= 2;
        for (var i = 0; i < _stretches.Count; i += 2)
        {
            if (i + 1 < _stretches.Count)
                _stretches[i].Join(_stretches[i + 1]);
            _kept += _stretches[i].Thin();
            _stretches[i / 2] = _stretches[i];
        }
        _stretches.RemoveRange((_stretches.Count + 1) / 2, _stretches.Count / 2);
    }

    private sealed class Stretch
    {
        private List<Point> _points = new(1);

        public long Seen { get; private set; }

        /// <returns>By how many points it has grown.</returns>
        public int Add(Point point)
        {
            _points.Add(point);
            Seen++;
            return _points.Count > 2 * MaxPerStretch ? 1 + Thin() : 1;
        }

        public void Join(Stretch next)
        {
            _points.AddRange(next._points);
            Seen += next.Seen;
        }

        /// <returns>By how many points it has grown: none, or fewer than none.</returns>
        public int Thin()
        {
            var before = _points.Count;
            if (before > 2)
                _points = Thinned();
            return _points.Count - before;
        }

        public List<Point> Thinned()
        {
            Span<int> stay = [0, _points.Count - 1, .. Extremes(point => point.First), .. Extremes(point => point.Second), _points.FindIndex(point => point.First is null)];
            stay.Sort();
            var thinned = new List<Point>(MaxPerStretch);
            var last = -1;
            foreach (var index in stay)
            {
                if (index > last)
                    thinned.Add(_points[index]);
                last = Math.Max(last, index);
            }
            return thinned;
        }

        /// <summary>Places of the smallest and the largest value; -1 without any.</summary>
        private int[] Extremes(Func<Point, double?> read)
        {
            int smallest = -1, largest = -1;
            for (var i = 0; i < _points.Count; i++)
            {
                if (read(_points[i]) is not { } value)
                    continue;
                if (smallest < 0 || value < read(_points[smallest]))
                    smallest = i;
                if (largest < 0 || value > read(_points[largest]))
                    largest = i;
            }
            return [smallest, largest];
        }
    }
}
